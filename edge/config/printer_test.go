package config

import (
	"fmt"
	"slices"
	"strings"
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

// TestL9AddressesThatAreNoPrinter: a device's address leads nowhere but to a device,
// unless the whole edge is on loopback.
func TestL9AddressesThatAreNoPrinter(t *testing.T) {
	for host, refused := range map[string]bool{
		"127.0.0.1": true, "127.8.9.1": true, "[::1]": true, "[::ffff:127.0.0.1]": true, "localhost": true, "LOCALHOST": true, "a.localhost.": true,
		"169.254.169.254": true, "[fe80::1]": true, "[::ffff:169.254.1.1]": true, "0.0.0.0": true, "[::]": true, "224.0.0.1": true,
		"10.0.0.21": false, "192.168.1.9": false, "172.16.0.3": false, "[fd00::9]": false, "printer-1.dc": false, "localhost.dc": false,
	} {
		for _, link := range []string{"zebra\"\nlink = \"tcp://" + host + ":9100", "ipp\"\nlink = \"ipp://" + host + "/printers/a4", "scanner\"\nstation = \"pack-9\"\nlink = \"tcp://" + host + ":4001"} {
			text := "[[device]]\nname = \"d-9\"\ndriver = \"" + link + "\"\n[[station]]\nname = \"pack-9\"\n"
			_, err := Parse("x.toml", []byte(good+text))
			assert.NotContains(t, fmt.Sprint(err), "link-local", "%s: the edge is on loopback", link)
			_, err = Parse("x.toml", []byte(strings.Replace(good, "127.0.0.1:0", "0.0.0.0:443", 1)+text))
			var f *Faults
			require.ErrorAs(t, err, &f)
			found := slices.ContainsFunc(f.List, func(x Fault) bool { return x.Path == "device[1].link" && strings.Contains(x.What, "link-local") })
			assert.Equal(t, refused, found, "%s: %v", link, err)
		}
	}
}
