// Command floorwasm is the rules of the floor for a browser: edge/floor behind
// one function, so that a PDA out of Wi-Fi can be told what the edge would say.
//
//	GOOS=js GOARCH=wasm go build -o floor.wasm ./tools/floorwasm
//
// It sets globalThis.floorDo(line): a JSON request in, a JSON answer out (see
// Session.Do). It decides with the same code as the edge and keeps nothing: the
// rows and records come from whoever calls, and what it says is on no disk.
//
// It imports edge, edge/catalogue and edge/floor.
package main
