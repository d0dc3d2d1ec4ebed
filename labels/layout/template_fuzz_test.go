package layout

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A client brings templates: whatever stands in one, it is refused or its sample is
// drawn or refused by field.
func FuzzTemplate(f *testing.F) {
	files, err := filepath.Glob("../../configs/labels/*.toml")
	if err != nil || len(files) == 0 {
		f.Fatal(err)
	}
	for _, n := range files {
		b, err := os.ReadFile(n)
		if err != nil {
			f.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(n), ".toml")
		f.Add(bytes.Replace(b, []byte(`"`+name+`"`), []byte(`"t"`), 1))
	}
	f.Add([]byte("name = \"t\"\nsize = [50, 30]\n[[field]]\nname = \"f\"\nkind = \"qr\"\nat = [1,1]\nsize = [40,20]\nvalue = \"{code}{{}}\"\nwhen = \"copy > 1 & !code\"\n[sample]\ncode = \"x\"\ncopy = 2\n"))
	r := renderer(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		tpl, err := Parse("t", raw)
		if err != nil {
			return
		}
		if _, err := tpl.ZPL(tpl.Sample(), 203, r); err != nil {
			var fe *FieldError
			if !errors.As(err, &fe) || fe.Field == "" {
				t.Fatalf("refused without a field: %v", err)
			}
		}
	})
}
