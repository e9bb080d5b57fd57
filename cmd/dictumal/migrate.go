package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dictumal/dictumal/internal/app"
	"github.com/dictumal/dictumal/internal/config"
)

type migrateCommand struct {
	To   string `placeholder:"URL" help:"The PostgreSQL database, empty: postgres://USER@HOST/NAME?sslmode=verify-full. Others on this host can read a command line: leave the password to PGPASSWORD or ~/.pgpass, or set DATABASE_URL_FILE and leave --to out."`
	Back bool   `help:"Take a move back: make the rows in the data folder, as they were then, the installation again."`
	Yes  bool   `help:"With --back: do it."`
}

// migrated is what migrate has to tell.
type migrated struct {
	Database string `json:"database"` // host, port and name
	Tables   int    `json:"tables"`
	Rows     int64  `json:"rows"`
	Cleaned  int64  `json:"cleaned"`    // texts in which something was replaced
	Lines    int64  `json:"auditLines"` // of the audit log
	Before   bool   `json:"before"`     // it was moved already
	Secret   string `json:"secret"`     // the file with the replicas' AUTH_SECRET; empty: it is set already
	Warning  string `json:"warning"`    // empty where all that is sealed opens
}

// Run moves an installation from SQLite to PostgreSQL, while no server runs.
func (c migrateCommand) Run(w *world) error {
	from, err := config.Load(append(slices.Clone(w.environ), "DATABASE_URL=", "DATABASE_URL_FILE="), w.envFile)
	if err != nil {
		return err
	}
	if c.Back {
		return c.back(w, from)
	}
	if err := app.Installed(from); err != nil {
		return err
	}
	to, secret, err := c.target(w, from)
	if err != nil {
		return err
	}
	progress := newCopying(w.stderr, w.json)
	done, err := app.Move(w.ctx, from, to, progress.Report)
	progress.Stop()
	if err != nil {
		return err
	}
	told := migrated{done.To, done.Tables, done.Rows, done.Cleaned, done.Lines, done.Before, secret, done.Warning}
	return w.answer(told, func() { w.sayMigrated(from, told) })
}

// Private

// target is the configuration of the replicas to come: with the database, and with the
// secret of the data folder where none is set.
func (c migrateCommand) target(w *world, from config.Config) (to config.Config, secret string, err error) {
	environ := slices.Clone(w.environ)
	if c.To != "" {
		environ = append(environ, "DATABASE_URL="+c.To, "DATABASE_URL_FILE=")
	}
	if from.AuthSecret == nil {
		secret = from.SecretFile()
		environ = append(environ, "AUTH_SECRET_FILE="+secret)
	}
	to, err = config.Load(environ, w.envFile)
	if faults, ok := errors.AsType[config.FaultsError](err); ok && c.To != "" {
		for i := range faults {
			faults[i] = strings.ReplaceAll(faults[i], "DATABASE_URL", "--to")
		}
	}
	if err == nil && !to.Postgres() {
		err = usage{"Say where the rows are to go: dictumal migrate --to postgres://USER@HOST/NAME, or set DATABASE_URL_FILE."}
	}
	return to, secret, err
}

func (c migrateCommand) back(w *world, from config.Config) error {
	if c.To != "" {
		return usage{"--back takes the move in the data folder back, wherever it went; leave --to out."}
	}
	if !c.Yes {
		return usage{"This makes the rows in " + from.Database() + " the installation again, as they were when they moved: " +
			"what was done since is in PostgreSQL only. Stop every replica first, then add --yes."}
	}
	mark, err := app.MoveBack(w.ctx, from)
	if err != nil {
		return err
	}
	return w.answer(mark, func() {
		w.say("The rows in %s are the installation again, as they were at %s.", from.Database(), moment(&mark.At))
		w.say("Drop the database at %s, or let no replica start on it: two installations of one name remove each other's machines.", mark.To)
		w.say("Machines that were made since belong to no row and are left alone: once the server runs, `dictumal sweep` lists them.")
	})
}

func (w *world) sayMigrated(from config.Config, m migrated) {
	if m.Before {
		w.say("The rows have moved to %s already; nothing was copied.", m.Database)
	} else {
		w.say("The rows have moved to %s: %d in %d tables, each compared with what was sent.", m.Database, m.Rows, m.Tables)
		w.say("The audit log is as it was written, up to line %d.", m.Lines)
	}
	if m.Cleaned > 0 {
		w.say("%s what PostgreSQL does not keep (bytes that are no UTF-8, or NUL), as logs of machines may; there is U+FFFD in its place.", hold(m.Cleaned))
	}
	if m.Warning != "" {
		w.say("%s", m.Warning)
	}
	w.say("Set the same for every replica: DATABASE_URL (or DATABASE_URL_FILE), and %s.", secretOf(m.Secret))
	w.say("No server works with %s any more; keep it until the replicas run.", from.Database())
}

func hold(texts int64) string {
	if texts == 1 {
		return "1 text held"
	}
	return fmt.Sprintf("%d texts held", texts)
}

func secretOf(file string) string {
	if file == "" {
		return "the AUTH_SECRET that is set here"
	}
	return "AUTH_SECRET_FILE to a copy of " + file + ", readable by the server alone"
}
