// Package wire writes what leaves the site as JSON: the answers under /site, the board's
// items, the frames of the site's socket. A time has milliseconds and the site's offset
// there (contract of the floor, RFC 3339), whatever struct it stands in.
package wire
