package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"unicode"
	"unicode/utf8"

	"github.com/alecthomas/kong"

	"dcedge/edge/agent"
)

func main() {
	err := run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	os.Exit(exitCode(err, os.Stderr))
}

// errUse is wrapped by what is wrong with the command line itself.
var errUse = errors.New("wrong use")

// errSaid ends with exit code 1 after the fault has been printed already.
var errSaid = errors.New("a fault was found")

func exitCode(err error, stderr io.Writer) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errSaid):
		return 1
	}
	fmt.Fprintln(stderr, readable("edge: "+err.Error()))
	if errors.Is(err, errUse) {
		return 2
	}
	return 1
}

// readable writes what would move a terminal's cursor or colour its text, and what is
// no UTF-8, as Go does in quotes: a fault may quote a file's name or a data's key.
func readable(s string) string {
	var b strings.Builder
	for i, c := range s {
		_, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case c == '\n' || c == '\t', unicode.IsPrint(c) && (c != utf8.RuneError || size > 1):
			b.WriteRune(c)
		default:
			b.WriteString(strings.Trim(strconv.Quote(s[i:i+size]), `"`))
		}
	}
	return b.String()
}

// std is what a command reads and writes.
type std struct {
	ctx      context.Context
	in       io.Reader
	out, err io.Writer
}

// told is the context of a command that has something to end: a signal ends the context.
// Every other command is ended by the signal itself, also one that waits for its input.
func (s *std) told() (context.Context, context.CancelFunc) {
	return signal.NotifyContext(s.ctx, os.Interrupt, syscall.SIGTERM)
}

type commands struct {
	Run    runCmd    `cmd:"" help:"Run the edge until it is told to end."`
	Check  checkCmd  `cmd:"" help:"Check a configuration file; every fault with its line."`
	Verify verifyCmd `cmd:"" help:"Read the whole journal and the store of an edge that is not running."`

	Doctor   doctorCmd   `cmd:"" help:"Look at every device, the disk, the clock, the keys and the certificate; say what to do."`
	Bench    benchCmd    `cmd:"" help:"Measure what this machine can do, through the real engine, journal and store."`
	Label    labelCmd    `cmd:"" help:"Make a label from data: ZPL, or a picture."`
	Barcode  barcodeCmd  `cmd:"" help:"Say what the system makes of a code."`
	Backup   backupCmd   `cmd:"" help:"Copy the data of an edge, also of one that is running."`
	Restore  restoreCmd  `cmd:"" help:"Make the data folder from a backup, in a new epoch."`
	Events   eventsCmd   `cmd:"" help:"Export events, a line each, also of an edge that is running."`
	Key      keyCmd      `cmd:"" help:"Make a key, or have the vault hang from another one."`
	Consumer consumerCmd `cmd:"" help:"List or remove those who pull."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
}

// run is the whole program; errors that wrap errUse are wrong use.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) (err error) {
	var c commands
	quit := errors.New("quit")
	defer func() { // kong ends --help by calling Exit
		if r := recover(); r != nil && r != any(quit) {
			panic(r)
		}
	}()
	p, err := kong.New(&c, kong.Name("edge"), kong.Description("The edge agent of one distribution centre."),
		kong.Writers(out, errOut), kong.Exit(func(int) { panic(quit) }), kong.UsageOnError())
	if err != nil {
		return err
	}
	k, err := p.Parse(args)
	if e, ok := errors.AsType[*os.PathError](err); ok && e.Op == "write" { // --help, to a disk that is full
		return e
	}
	if err != nil {
		return fmt.Errorf("%w: %s", errUse, strings.ReplaceAll(err.Error(), `expected string value but got "EOL" (<EOL>)`, "a value is missing behind it"))
	}
	return k.Run(&std{ctx: ctx, in: in, out: out, err: errOut})
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(s *std) error {
	_, err := fmt.Fprintln(s.out, agent.Version())
	return err
}
