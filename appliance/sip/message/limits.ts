/** Largest message, in bytes, over TCP or TLS as over UDP, whose datagrams cannot be larger: no phone needs more. */
export const MAX_MESSAGE_BYTES = 65_535;

/** Header lines of one message: a message through ten proxies has about sixty. */
export const MAX_HEADERS = 256;

/** Lines of Via of one message: whatever passes seventy hops (Max-Forwards) goes round in circles. */
export const MAX_VIA_LINES = 100;

/** Bytes of start line and headers together: leaves half of the largest message for the body. */
export const MAX_HEAD_BYTES = 32_768;

/** Characters of one header with its folded lines: four times a list of thirty Vias, or the largest signed Identity. */
export const MAX_HEADER_LENGTH = 8_192;
