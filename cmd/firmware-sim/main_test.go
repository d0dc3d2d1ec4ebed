package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func call(t *testing.T, args ...string) (out, stderr string, err error) {
	t.Helper()
	var o, e bytes.Buffer
	err = run(t.Context(), args, strings.NewReader(""), &o, &e)
	return o.String(), e.String(), err
}

func TestWrongUse(t *testing.T) {
	for name, args := range map[string][]string{
		"NoCommand":    {},
		"UnknownFlag":  {"floor", "--nope"},
		"NoConfig":     {"floor"},
		"PrinterNoURL": {"crew", "--to", "http://127.0.0.1:1", "--printer", "p"},
		"UnknownZone":  {"scenario", "--zone", "Mars/Olympus"},
		"ScannerNoAt":  {"scanner"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := call(t, args...)
			require.ErrorIs(t, err, errUse)
			require.Equal(t, 2, exitCode(err))
		})
	}
	_, _, err := call(t, "floor", "--config", filepath.Join(t.TempDir(), "none.toml"))
	require.ErrorIs(t, err, os.ErrNotExist)
	require.Equal(t, 1, exitCode(err))
	out, _, err := call(t, "--help")
	require.NoError(t, err)
	require.Contains(t, out, "crew")
}

func TestScenario(t *testing.T) {
	out, stderr, err := call(t, "scenario", "--orders", "5", "--skus", "20", "--epoch", "E1")
	require.NoError(t, err)
	require.Contains(t, stderr, "lead: badge L-001, PIN ")
	kinds := map[string]int{}
	for line := range strings.Lines(out) {
		var r struct{ Kind string }
		require.NoError(t, json.Unmarshal([]byte(line), &r))
		kinds[r.Kind]++
	}
	require.Equal(t, 5, kinds["order"])
	require.Equal(t, 8, kinds["waybillRange"])

	file := filepath.Join(t.TempDir(), "day.ndjson")
	require.NoError(t, os.WriteFile(file, []byte(out), 0o600))
	out, _, err = call(t, "scenario", "--for", file)
	require.NoError(t, err)
	require.NotContains(t, out, `"kind":"order"`)
	require.NotContains(t, out, `"kind":"waybillRange"`, "no epoch, no ranges")
}

// TestPrinterPrints runs the printer as a program would and reads its label
// over HTTP.
func TestPrinterPrints(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- run(ctx, []string{"printer", "--listen", "127.0.0.1:0", "--speed", "1000"}, nil, w, io.Discard)
	}()
	var zpl, labels string
	_, err := fmt.Fscanf(r, "printer-1: ZPL on %s labels on %s\n", &zpl, &labels)
	require.NoError(t, err)
	conn, err := net.Dial("tcp", strings.TrimSuffix(zpl, ","))
	require.NoError(t, err)
	_, err = io.WriteString(conn, "^XA^FO10,10^BCN,50^FD>;123456^FS^XZ")
	require.NoError(t, err)
	client := http.Client{Timeout: 10 * time.Second}
	res, err := client.Get(labels + "?wait=5")
	require.NoError(t, err)
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Contains(t, string(body), `"text":"123456"`)
	require.NoError(t, conn.Close())
	cancel()
	require.NoError(t, <-done)
}

// TestFloorPlays runs printers from a configuration, without people, until told
// to end.
func TestFloorPlays(t *testing.T) {
	config := filepath.Join(t.TempDir(), "c.toml")
	require.NoError(t, os.WriteFile(config, []byte("[http]\nlisten = \"127.0.0.1:1\"\n"+
		"[[device]]\nname = \"p9\"\ndriver = \"zebra\"\nlink = \"tcp://127.0.0.1:0\"\n"), 0o600))
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	var out bytes.Buffer
	err := run(ctx, []string{"floor", "--config", config, "--pickers", "0", "--packers", "0", "--loaders", "0", "--log", "warn"},
		nil, &out, io.Discard)
	require.NoError(t, err)
	require.Contains(t, out.String(), "p9: 0 labels")
}
