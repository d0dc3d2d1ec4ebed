// Package symbology knows what a scanner sends: AIM symbology identifiers, the
// numbers that a symbology carries (GTIN, SSCC, GLN), and the ways in which a
// keyboard spoils a code on its way through an input method.
//
// Invariants:
//   - GTINs are compared as 14 digits only. The indicator 1-8 in front of a GTIN-14
//     names another trade item (a case) and is never stripped;
//   - modifiers of identifiers on which makers disagree (Codabar) are told, never
//     acted on;
//   - a repaired code is given only when a check digit or the site's own knowledge
//     proves it; what cannot be proven is refused.
//
// It imports the standard library only and is pure.
package symbology
