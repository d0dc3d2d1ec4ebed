package main

import "dcedge/edge/engine/bench"

type benchCmd struct {
	Scanners int     `default:"16" help:"Closed-loop scanners."`
	Seconds  float64 `default:"5" help:"How long."`
	Dir      string  `default:"." type:"existingdir" help:"A folder on the disk to be measured."`
	Raw      bool    `help:"The limit instead: a raw loop that appends and flushes as many bytes in the same groups."`
	Bytes    int     `help:"Bytes a message of the raw loop; a run of the engine tells what it wrote."`
}

// Run measures and prints the result as its last line, in JSON.
func (c *benchCmd) Run(s *std) error {
	ctx, stop := s.told()
	defer stop()
	r, err := bench.Bench(ctx, bench.Config{Scanners: c.Scanners, Seconds: c.Seconds, Dir: c.Dir, Raw: c.Raw, Bytes: c.Bytes})
	if err != nil {
		return err
	}
	return bench.Print(s.out, r)
}
