/** Numbers of ITU-T G.722 for 64 kbit/s. */

/** Half of the 24 coefficients of the quadrature mirror filters, which are symmetric. */
export const QMF = Int32Array.of(3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11);

/** Lower band: decision levels of the 60 level quantizer, for a scale factor of 4096. */
export const LOW_LEVELS = Int32Array.of(
  ...[35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714],
  ...[786, 858, 940, 1023, 1121, 1219, 1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919],
);

/** Lower band: what the four upper bits of a code stand for; they alone drive the predictor. */
export const LOW_OUTPUT_4 = Int32Array.of(
  ...[0, -20456, -12896, -8968, -6288, -4240, -2584, -1200],
  ...[20456, 12896, 8968, 6288, 4240, 2584, 1200, 0],
);

/** Lower band: what all six bits stand for: what is heard. */
export const LOW_OUTPUT_6 = Int32Array.of(
  ...[
    -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360, -8576, -7856,
  ],
  ...[-7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688, -1360, -1040, -728],
  ...[24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456],
  ...[4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432, -136],
);

/** Lower band: how much each code moves the logarithm of the scale factor. */
export const LOW_LOG_STEPS = Int32Array.of(
  ...[-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60],
);

/** Higher band: the one decision level that is not zero. */
export const HIGH_LEVEL = 564;

/** Higher band: what the two bits of a code stand for. */
export const HIGH_OUTPUT = Int32Array.of(-7408, -1616, 7408, 1616);

/** Higher band: how much each code moves the logarithm of the scale factor. */
export const HIGH_LOG_STEPS = Int32Array.of(798, -214, 798, -214);

/** 2048 times 2 to the power of n / 32: the inverse logarithm. */
export const INVERSE_LOG = Int32Array.of(
  ...[2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834],
  ...[2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008],
);
