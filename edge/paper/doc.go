// Package paper makes A4 documents as PDF: packing slips (거래명세서, 納品書),
// manifests of a truck, pick lists. A document is data; the fonts of the labels are
// embedded, each only as far as it is used.
//
// It imports labels/raster, gopdf and boombuler, and knows nothing of the floor:
// whoever has the data fills in a Document.
//
// Invariants:
//   - A character that no font has, writing that cannot be set and text that is too
//     long for its place are never drawn wrong: the first two are an error with the
//     field's name, the last is broken over lines.
//   - A document is bounded in rows, and every page bears its number and what it
//     belongs to.
package paper
