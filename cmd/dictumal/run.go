package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// The exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
	// Of audit --strict: a machine belongs to nobody, or that cannot be known.
	exitUnowned = 3
	exitUnknown = 4
)

// flags are what every command takes.
type flags struct {
	EnvFile string `name:"env-file" placeholder:"FILE" help:"Read variables from FILE, too; the environment wins."`
	JSON    bool   `name:"json" help:"Write JSON, for programs."`
}

// serving is the one command that somebody waits for by milliseconds: reading the
// whole grammar would take as long as opening the database.
type serving struct {
	Serve serveCommand `cmd:"" help:"Run the server."`
}

// grammar is the command line.
type grammar struct {
	Up upCommand `cmd:"" help:"Deploy the constitution in FILE and print the link to its desktop; start the server if none runs."`
	serving
	List     listCommand     `cmd:"" help:"List the desktops."`
	Destroy  destroyCommand  `cmd:"" help:"Destroy desktops and their machines."`
	Extend   extendCommand   `cmd:"" help:"Give a desktop a later end."`
	Retry    retryCommand    `cmd:"" help:"Deploy anew a desktop that has failed, and destroy the failed one."`
	Forget   forgetCommand   `cmd:"" help:"Give up a desktop whose machine cannot be confirmed to be gone, as when the token of its cloud was revoked for ever."`
	Share    shareCommand    `cmd:"" help:"Let somebody else open a desktop."`
	Unshare  unshareCommand  `cmd:"" help:"Take that back, and end what they have open."`
	Grants   grantsCommand   `cmd:"" help:"List who else may open a desktop."`
	Backup   backupCommand   `cmd:"" help:"Copy the database into FILE, while a server runs or not."`
	Restore  restoreCommand  `cmd:"" help:"Put a backup in the place of the database; no server may be running."`
	Migrate  migrateCommand  `cmd:"" help:"Move the rows from the data folder to PostgreSQL, for several replicas; no server may be running."`
	Receipt  receiptCommand  `cmd:"" help:"Show what remains of a desktop whose machine is gone: times, cost, and whether the provider confirms it."`
	Audit    auditCommand    `cmd:"" help:"See what was done, and compare what there is with what is known."`
	Sweep    sweepCommand    `cmd:"" help:"List the machines that no desktop owns, and with --confirm let those be removed that are kept."`
	SignIn   signInCommand   `cmd:"" name:"sign-in" help:"Print a link that signs in, once."`
	Token    tokenCommand    `cmd:"" help:"Make tokens for programs."`
	People   peopleCommand   `cmd:"" help:"See who has an account, sign somebody out, and keep somebody out."`
	Keys     keysCommand     `cmd:"" help:"Change the key that seals secrets, and tell how it goes."`
	Image    imageCommand    `cmd:"" help:"Make the desktop image."`
	Setup    setupCommand    `cmd:"" help:"Install and set up what this host lacks."`
	Doctor   doctorCommand   `cmd:"" help:"Tell what is missing on this host and how to get it."`
	Clean    cleanCommand    `cmd:"" hidden:"" help:"Remove every machine, image and network that this program made here."`
	Licenses licensesCommand `cmd:"" help:"Print the licences of what is in this binary."`
	Version  versionCommand  `cmd:"" help:"Print the version."`
}

// world is what a command works in. It is the whole process, so that its context
// is the process's life.
type world struct {
	ctx     context.Context //nolint:containedctx // see above
	environ []string
	stdout  io.Writer
	stderr  io.Writer
	envFile string
	json    bool
	out     error // the first failure to write
}

// usage is a command line that makes no sense.
type usage struct{ sentence string }

func (u usage) Error() string { return u.sentence }

// finding is an exit code that tells what was found; nothing has failed.
type finding int

func (f finding) Error() string { return fmt.Sprintf("exit code %d", int(f)) }

// run carries out a command line and returns the exit code.
func run(w *world, args []string) int {
	if len(args) == 0 {
		args = []string{"--help"}
	}
	var common flags
	var commands any = &grammar{}
	if args[0] == "serve" {
		commands = &serving{}
	}
	exited := -1
	parser, err := kong.New(&common, kong.Embed(commands), kong.Name("dictumal"), kong.Writers(w.stdout, w.stderr),
		kong.Description("From a constitution to a desktop in the browser."),
		kong.Exit(func(code int) { exited = code }), kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true, NoExpandSubcommands: false}))
	if err != nil {
		w.fail(err)
		return exitFailed
	}
	command, err := parser.Parse(args)
	if exited >= 0 { // help was asked for and given
		return exited
	}
	if err != nil {
		w.fail(usage{sentence(err.Error()) + " See dictumal --help."})
		return exitUsage
	}
	w.envFile, w.json = common.EnvFile, common.JSON
	err = command.Run(w)
	if err == nil {
		return exitOK
	}
	if found, ok := errors.AsType[finding](err); ok {
		return int(found)
	}
	w.fail(err)
	if _, wrong := errors.AsType[usage](err); wrong {
		return exitUsage
	}
	return exitFailed
}

// sentence makes a parser's message one.
func sentence(text string) string {
	return strings.ToUpper(text[:1]) + strings.TrimRight(text[1:], ".") + "."
}

// say writes a line of the result.
func (w *world) say(format string, args ...any) {
	if _, err := fmt.Fprintf(w.stdout, format+"\n", args...); err != nil && w.out == nil {
		w.out = err
	}
}
