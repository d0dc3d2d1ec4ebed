// Package config reads the one file that sets up an edge: strict TOML
// (configs/*.toml, the shape is in the installer's guide).
//
// Every fault is reported at once, each with its path and line: an unknown key,
// a value of the wrong type, a device that a station names and that does not
// exist, a URL that is none. A configuration that Load returned is complete and
// valid; nothing else needs to check it again.
//
// It imports the standard library, edge, a TOML reader, and what knows the words
// and bounds of links, protocols and belts (devices/link, scanner, scale, conveyor
// and edge/sorter).
package config
