//go:build !js

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "floorwasm: for a browser: GOOS=js GOARCH=wasm go build -o floor.wasm ./tools/floorwasm")
	os.Exit(2)
}
