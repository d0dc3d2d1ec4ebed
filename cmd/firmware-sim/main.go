package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "firmware-sim:", err)
	}
	os.Exit(exitCode(err))
}

// errUse is wrapped by what is wrong with the command line itself.
var errUse = errors.New("wrong use")

func exitCode(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errUse):
		return 2
	}
	return 1
}

// run is the whole program; it returns when ctx ends.
func run(ctx context.Context, args []string, in io.Reader, out, stderr io.Writer) error {
	var c commands
	done := false
	parser, err := kong.New(&c, kong.Name("firmware-sim"),
		kong.Description("Plays the devices of a warehouse and its crew of pickers, packers and loaders."),
		kong.Writers(out, stderr), kong.Exit(func(int) { done = true }))
	if err != nil {
		return err
	}
	parsed, err := parser.Parse(args)
	if done { // --help was printed
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errUse, err)
	}
	return parsed.Run(&std{ctx: ctx, in: in, out: out, err: stderr})
}
