/** Bounds of saved views. */

/** Views of one person, and of an MSP for everybody: a line of links, not a list to look through. */
export const MAX_VIEWS = 20;

/** Parts of a filter, and the longest of one, characters: a search takes a hundred. */
export const MAX_PARTS = 10;
export const MAX_PART_LENGTH = 100;
