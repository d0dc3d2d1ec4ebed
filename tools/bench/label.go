package main

import (
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// labelBench names the packages' own benchmarks that are shown, and what each
// is.
type labelBench struct{ pkg, name, what string }

// label runs these benchmarks and gives the medians.
func (b *bencher) label(ctx context.Context) error {
	fmt.Fprintf(b.out, "`go test -bench` of the packages, one label warm (fonts parsed, glyphs cached), %d runs.\n\n", b.rounds)
	fmt.Fprintln(b.out, "| what | us, median (min..max) | bytes of ZPL | allocations |\n| --- | --: | --: | --: |")
	for _, t := range []labelBench{
		{"./labels/layout", "WaybillWhole/RunLength", "korea-100x150 whole, run-length graphics"},
		{"./labels/layout", "WaybillWhole/Z64", "korea-100x150 whole, Z64"},
		{"./labels/layout", "WaybillFourLines/RunLength", "three barcodes and four Hangul lines, run lengths"},
		{"./labels/layout", "WaybillFourLines/Z64", "the same as Z64 (limit: 150 us, 4,096 bytes of text)"},
		{"./labels/layout", "WaybillImage", "korea-100x150 as a picture"},
		{"./labels/gs1", "Parse", "a GS1 element string of a medicine (GTIN, expiry, lot, serial)"},
	} {
		if err := b.benchmark(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

func (b *bencher) benchmark(ctx context.Context, t labelBench) error {
	// each part of a name is matched by itself
	pattern := "^Benchmark" + strings.ReplaceAll(t.name, "/", "$/^") + "$"
	out, err := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", pattern, "-benchtime", "300ms",
		"-count", strconv.Itoa(b.rounds), t.pkg).CombinedOutput()
	if err != nil {
		return fmt.Errorf("benchmark %s: %w: %s", t.name, err, out)
	}
	units := map[string]sample{}
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		if len(f) < 4 || !strings.HasPrefix(f[0], "Benchmark") {
			continue
		}
		for i := 2; i+1 < len(f); i += 2 { // value and unit in turn
			if v, err := strconv.ParseFloat(f[i], 64); err == nil {
				units[f[i+1]] = append(units[f[i+1]], v)
			}
		}
	}
	if len(units["ns/op"]) == 0 {
		fmt.Fprintf(b.out, "| %s | there is no Benchmark%s | - | - |\n", t.what, t.name)
		return nil
	}
	us := sample{}
	for _, v := range units["ns/op"] {
		us = append(us, v/1e3)
	}
	size := "-"
	if v := units["B"]; len(v) > 0 {
		size = fmt.Sprintf("%.0f", v.median())
	}
	fmt.Fprintf(b.out, "| %s | %s | %s | %.0f |\n", t.what, us.spread("%.1f"), size, units["allocs/op"].median())
	return nil
}

// freeMB is the room on the disk of a folder.
func freeMB(dir string) float64 {
	var st syscall.Statfs_t
	if syscall.Statfs(dir, &st) != nil {
		return 0
	}
	return float64(st.Bavail) * float64(st.Bsize) / (1 << 20)
}
