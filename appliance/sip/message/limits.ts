/** Largest message over TCP or TLS, bytes: a UDP datagram cannot be larger, and no phone needs more. */
export const MAX_MESSAGE_BYTES = 65_535;

/** Header lines of one message: a message through ten proxies has about sixty. */
export const MAX_HEADERS = 256;

/** Bytes of start line and headers together: leaves half of the largest message for the body. */
export const MAX_HEAD_BYTES = 32_768;
