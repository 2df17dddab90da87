/** So many characters of a title an index keeps in order; among titles that begin alike pages go on by the titles themselves. A migration is made with it: another number needs another one. */
export const TITLE_START = 48;
