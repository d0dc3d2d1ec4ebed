package scanner_test

import (
	"fmt"
	"time"

	"dcedge/devices/scanner"
)

func ExampleNewFramer() {
	f, err := scanner.NewFramer("auto", 4096, 100*time.Millisecond, 500*time.Millisecond, false)
	if err != nil {
		panic(err)
	}
	for _, bytes := range []string{"]C10109521234", "543213\r\n880", "1234567893\r"} {
		for _, e := range f.Feed([]byte(bytes)) {
			fmt.Println(e.Symbology, e.Code, e.Fault)
		}
	}
	// Output:
	// ]C1 0109521234543213 <nil>
	//  8801234567893 <nil>
}
