package config

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/devices/printer"
	"dcedge/devices/scale"
	"dcedge/devices/scanner"
)

// TestGuideListsDevices holds the installer's table of drivers, links and what
// they speak against what check takes.
func TestGuideListsDevices(t *testing.T) {
	text, err := os.ReadFile("../../docs/install.md")
	require.NoError(t, err)
	_, rest, ok := strings.Cut(string(text), "\n| `driver` | `link` | what it speaks | its test |\n| --- | --- | --- | --- |\n")
	require.True(t, ok, "the table's head")
	table, _, _ := strings.Cut(rest, "\n\n")
	words := func(cell string) []string {
		out := []string{}
		for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cell, -1) {
			out = append(out, m[1])
		}
		return out
	}
	speaks := map[string][]string{
		"scanner": append([]string{"protocol"}, scanner.Protocols()...),
		"scale":   append([]string{"protocol"}, scale.Protocols()...),
		"zebra":   append(append([]string{"graphics"}, graphics()...), append([]string{"questions"}, printer.Questions()...)...),
	}
	var told []string
	for line := range strings.Lines(table) {
		cells := strings.Split(line, "|")
		require.Len(t, cells, 6, line)
		driver := strings.Trim(cells[1], " `")
		told = append(told, driver)
		assert.Equal(t, schemesOf(driver), words(cells[2]), driver)
		assert.ElementsMatch(t, speaks[driver], words(cells[3]), driver)
	}
	assert.Equal(t, drivers, told)
}

// TestWordsEnd: a list of what a key takes has no empty word at its end.
func TestWordsEnd(t *testing.T) {
	_, err := Parse("x.toml", []byte(good+`
[[device]]
name = "s"
driver = "scanner"
protocol = "morse"
link = "tcp://10.0.0.9:1"
station = "pack-1"
[[device]]
name = "p"
driver = "zebra"
graphics = "gif"
link = "tcp://10.0.0.8:1"
`))
	require.ErrorContains(t, err, `"morse" is none of: `+strings.Join(scanner.Protocols(), ", ")+"\n")
	require.ErrorContains(t, err, `"gif" is none of: hex, z64`)
}
