//go:build js && wasm

package main

import "syscall/js"

func main() {
	s := NewSession()
	js.Global().Set("floorDo", js.FuncOf(func(_ js.Value, args []js.Value) any {
		if len(args) != 1 || args[0].Type() != js.TypeString {
			return `{"ok":false,"error":"floorDo takes one text"}`
		}
		return string(s.Do([]byte(args[0].String())))
	}))
	<-make(chan struct{}) // the page ends it
}
