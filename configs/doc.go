// Package configs holds the examples that a site starts from: configurations, and
// the label templates that are built into the binary. Everything here is loaded by
// a test.
//
// It imports the standard library only.
package configs
