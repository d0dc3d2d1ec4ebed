package config

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestPrinters: the settings of label and document printers, and each fault of them.
func TestPrinters(t *testing.T) {
	c, err := Parse("x.toml", []byte(good))
	require.NoError(t, err)
	assert.Equal(t, Print{Failover: Duration(8 * time.Second), AskAfter: Duration(40 * time.Second)}, c.Print)
	assert.Nil(t, c.Devices[0].Questions, "it is asked everything")

	const head = "site = \"A\"\n[http]\nlisten = \"127.0.0.1:0\"\n[pii]\nkeyEnv = \"K\"\n[login]\ndevices = \"open\"\n"
	c, err = Parse("x.toml", []byte(head+`[print]
failover = "5s"
[documents]
printer = "a4"
[[device]]
name = "p"
driver = "zebra"
link = "tcp://127.0.0.1:9100"
serial = "50J153801234"
questions = []
[[device]]
name = "a4"
driver = "ipp"
link = "ipp://127.0.0.1/printers/a4"
[[station]]
name = "pack-1"
printers = ["p"]
documents = "a4"
`))
	require.NoError(t, err)
	assert.NotNil(t, c.Devices[0].Questions)
	assert.Equal(t, "a4", c.Stations[0].Documents)

	_, err = Parse("x.toml", []byte("site = \"A\"\n[http]\nlisten = \"0.0.0.0:443\"\ntls = \"files\"\ncert = \"c\"\nkey = \"k\"\n[pii]\nkeyEnv = \"K\"\n"+`[print]
failover = "0s"
askAfter = "1h"
[documents]
printer = "p"
[[device]]
name = "p"
driver = "zebra"
link = "tcp://10.0.0.9:9100"
questions = ["hqes", "name"]
[[device]]
name = "a4"
driver = "ipp"
link = "ipp://127.0.0.1/printers/a4"
serial = "S"
[[device]]
name = "b4"
driver = "ipp"
link = "ipp://user:pw@10.0.0.9/x"
[[station]]
name = "pack-1"
printers = ["a4"]
documents = "p"
`))
	var faults *Faults
	require.ErrorAs(t, err, &faults)
	var got []string
	for _, f := range faults.List {
		got = append(got, f.Path)
		assert.NotContains(t, f.What, "pw@")
	}
	assert.ElementsMatch(t, []string{"print.failover", "print.askAfter", "documents.printer", "device[0].questions[1]", "device[1]", "device[1].link", "device[2].link",
		"station[0].printers[0]", "station[0].documents"}, got)
}
