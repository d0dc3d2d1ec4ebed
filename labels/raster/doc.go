// Package raster draws text as pictures of one bit a dot: Hangul, Hanja and Kanji,
// Kana, Latin, Greek, Cyrillic. A label printer has no such letters of its own.
//
// Invariants:
//   - text is brought to NFC first and looked up whole before anything is drawn: a
//     character that no font has is an error, never a box and never a gap;
//   - fonts are asked in order; the second draws what the first lacks;
//   - writing that needs shaping or runs right to left is refused, not drawn wrong;
//   - a glyph is drawn once for each size and kept in one bit a dot; what is kept is
//     bounded.
//
// Fonts are not part of the source. tools/fonts.sh copies them into fonts/ before a
// build, which embeds what lies there; or [Open] reads files named by path.
//
// It imports the standard library, x/image and x/text. A Renderer may be
// used by many goroutines at once.
package raster
