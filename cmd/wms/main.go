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
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, "wms:", err)
	}
	var code exitCode
	switch {
	case errors.As(err, &code):
		os.Exit(int(code))
	case err != nil:
		os.Exit(1)
	}
}

// The exit codes that are no plain failure.
const (
	exitUsage    exitCode = 2
	exitRejected exitCode = 3
)

type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// withCode gives an error an exit code.
type withCode struct {
	err  error
	code exitCode
}

func (w withCode) Error() string   { return w.err.Error() }
func (w withCode) Unwrap() []error { return []error{w.err, w.code} }

type commands struct {
	Push pushCmd `cmd:"" help:"Send a file of reference data to an edge."`
	Pull pullCmd `cmd:"" help:"Pull the events of edges and store them."`
}

// help is what kong throws to end a run that only printed help.
type help struct{}

func run(ctx context.Context, args []string, out, errOut io.Writer) (err error) {
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(help); !ok {
				panic(r)
			}
			err = nil
		}
	}()
	var c commands
	parser, err := kong.New(&c, kong.Name("wms"), kong.Writers(out, errOut), kong.Exit(func(int) { panic(help{}) }),
		kong.Description("The central side of the edge: push reference data, pull events."),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(streams{out, errOut}))
	if err != nil {
		return err
	}
	k, err := parser.Parse(args)
	if err != nil {
		return withCode{err, exitUsage}
	}
	return k.Run()
}

// streams are where a command writes: results and progress.
type streams struct{ out, err io.Writer }

// key reads a consumer's key from the environment: never from the command line,
// which other users can see.
func key(env string) (string, error) {
	k := os.Getenv(env)
	if k == "" {
		return "", withCode{fmt.Errorf("the environment variable %s, which --key-env names, holds no key", env), exitUsage}
	}
	return k, nil
}
