// Package ui is the folder of the pages: TypeScript in src, built by
// tools/webbuild into dist, which edge/web embeds. No Go code of it runs; its
// tests hold the texts of the languages together and drive the built pages in
// a browser against a small edge of their own.
//
// It imports nothing. Invariants: the pages use the floor and site contracts
// and nothing else; they work under a policy of default-src 'self'; the PDA's
// and the desk's script is one classic file for Chrome 60.
package ui
