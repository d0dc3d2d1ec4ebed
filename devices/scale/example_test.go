package scale_test

import (
	"fmt"

	"dcedge/devices/scale"
)

func ExampleParse() {
	f, err := scale.Parse("cas18", []byte("ST,GS,+0012.34kg"))
	if err != nil {
		panic(err)
	}
	grams, err := scale.Grams(f.Value, f.Unit)
	fmt.Println(f.State, f.Mode, f.Value, f.Unit, grams, err)
	// Output: stable gross 12.34 kg 12340 <nil>
}
