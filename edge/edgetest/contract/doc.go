// Package contract walks the contracts against a whole running edge, sentence
// by sentence: what a stranger's client may rely on, asked as a stranger would.
//
// It holds tests only, written from the contracts and not from the code.
package contract
