package main

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/firmware-sim/wire/wiretest"
)

// guide gives the command lines of the installer's table, each with what a hand does at
// its control port.
func guide(t *testing.T) (lines []string, hands map[string][]string) {
	t.Helper()
	text, err := os.ReadFile("../../docs/install.md")
	require.NoError(t, err)
	_, rest, ok := strings.Cut(string(text), "\n| played | command | by hand, on its control port |\n| --- | --- | --- |\n")
	require.True(t, ok, "the table's head")
	hands = map[string][]string{}
	for line := range strings.Lines(rest) {
		cells := strings.Split(line, "|")
		if len(cells) < 4 {
			break
		}
		command := strings.TrimPrefix(strings.Trim(cells[2], " `"), "bin/firmware-sim ")
		lines = append(lines, command)
		for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[3], -1) {
			hands[command] = append(hands[command], m[1])
		}
	}
	return lines, hands
}

// TestGuideListsCommands: every command of the guide can be given, and it has them
// all.
func TestGuideListsCommands(t *testing.T) {
	var told []string
	lines, _ := guide(t)
	for _, c := range lines {
		var all commands
		k, err := kong.New(&all)
		require.NoError(t, err)
		_, err = k.Parse(strings.Fields(c))
		require.NoError(t, err, c)
		told = append(told, strings.Fields(c)[0])
	}
	k, err := kong.New(new(commands))
	require.NoError(t, err)
	for _, n := range k.Model.Leaves(true) {
		assert.Contains(t, told, n.Name)
	}
}

// TestGuidePlays runs each device as the guide does, at other addresses, and does
// with curl's words what the guide does by hand.
func TestGuidePlays(t *testing.T) {
	broker := wiretest.Mosquitto(t)
	lines, hands := guide(t)
	played := 0
	for _, c := range lines {
		if name := strings.Fields(c)[0]; name == "floor" || len(hands[c]) == 0 { // floor: firmware-sim/floor plays its port
			continue
		}
		t.Run(strings.ReplaceAll(c, "/", "."), func(t *testing.T) {
			at := strings.ReplaceAll(c, "pty:/tmp", "pty:"+t.TempDir())
			at = strings.ReplaceAll(at, "--listen 127.0.0.1:9101", "--listen 127.0.0.1:0")
			at = strings.ReplaceAll(at, "tcp://127.0.0.1:1883", broker.URL)
			line, end := begin(t, "", strings.Fields(at)...)
			defer end()
			url := regexp.MustCompile(`http://[0-9.:]+`).FindString(line)
			require.NotEmpty(t, url, line)
			for _, hand := range hands[c] {
				method, rest, _ := strings.Cut(hand, " ")
				path, body, _ := strings.Cut(rest, " ")
				r, err := http.NewRequestWithContext(t.Context(), method, url+path, strings.NewReader(body))
				require.NoError(t, err)
				a, err := http.DefaultClient.Do(r)
				require.NoError(t, err, hand)
				require.NoError(t, a.Body.Close())
				assert.Equal(t, http.StatusOK, a.StatusCode, hand)
			}
		})
		played++
	}
	require.Equal(t, 6, played)
}
