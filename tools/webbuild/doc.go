// Command webbuild bundles the pages of edge/web/ui into edge/web/ui/dist,
// where edge/web embeds them: `npm ci` where the lockfile changed, the
// type check with -check, then esbuild as a library.
//
// It imports the standard library and esbuild. It writes below edge/web/ui
// only, and leaves the old bundle alone when the new one does not build.
package main
