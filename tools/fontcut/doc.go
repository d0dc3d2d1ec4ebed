// Command fontcut cuts the Kanji that the label fonts lack out of a large font into a
// small one of its own:
//
//	fontcut --from NotoSansCJK-Bold.ttc --to 50-kanji.ttf 10-korean.ttf 20-japanese.ttf
//
// What is taken are the ideographs of Unicode that the font has, none of the others
// has, and that text in NFC can hold. Their outlines are written as quadratic curves
// (TrueType), at most half a unit of the thousand of an em from what they were. The
// copyright and licence that the font names go along: the SIL Open Font Licence asks
// for it. The same fonts give the same file.
//
// It imports the standard library, x/image and x/text.
package main
