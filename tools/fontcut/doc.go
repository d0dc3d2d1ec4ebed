// Command fontcut cuts what labels need out of a large font into a small one:
//
//	fontcut --japanese --from NotoSansCJK-Bold.ttc --to 20-japanese.ttf
//	fontcut --from NotoSansCJK-Bold.ttc --to 50-kanji.ttf 10-korean.ttf 20-japanese.ttf
//
// The first takes all that Japanese is written with, so that kana, Kanji and digits of a
// line are of one hand and weight; the second the ideographs of Unicode that the font has
// and none of the others has. Both take only what text in NFC can hold. Outlines are written as quadratic curves
// (TrueType), at most half a unit of the thousand of an em from what they were. The
// copyright and licence that the font names go along: the SIL Open Font Licence asks
// for it. The same fonts give the same file.
//
// It imports the standard library, x/image and x/text.
package main
