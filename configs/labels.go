package configs

import (
	"embed"
	"io/fs"
)

//go:embed labels/*.toml
var labels embed.FS

// Labels gives the built-in label templates, one *.toml each at its root.
func Labels() fs.FS {
	sub, err := fs.Sub(labels, "labels")
	if err != nil {
		panic("configs: " + err.Error()) // the folder is embedded above
	}
	return sub
}
