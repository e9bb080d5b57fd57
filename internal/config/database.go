package config

import (
	"errors"
	"io/fs"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// Postgres tells whether the rows are kept by a PostgreSQL server, which several
// replicas may share.
func (c Config) Postgres() bool { return c.DatabaseURL != "" }

// Database is where the rows are: the URL of a PostgreSQL database, which holds a
// password, or the path of the SQLite file.
func (c Config) Database() string {
	if c.Postgres() {
		return c.DatabaseURL
	}
	return c.DatabaseFile()
}

// DatabaseFile is the SQLite file of the data folder, where the rows are or were before
// they moved to a server.
func (c Config) DatabaseFile() string { return filepath.Join(c.DataDir, "dictumal.db") }

// DatabasePlace is where the rows are, as anybody may be told: it holds no password.
func (c Config) DatabasePlace() string {
	if !c.Postgres() {
		return c.Database()
	}
	address, err := url.Parse(c.DatabaseURL)
	if err != nil {
		return "PostgreSQL" // it was refused when it was checked
	}
	if address.User != nil {
		address.User = url.User(address.User.Username())
	}
	query := address.Query()
	query.Del("password")
	query.Del("sslpassword")
	address.RawQuery = query.Encode()
	return address.String()
}

// Private

// The beginnings of a PostgreSQL database's URL.
const (
	postgres   = "postgres://"
	postgresql = "postgresql://"
)

// exampleURL is what people are shown.
const exampleURL = "postgres://dictumal@db.example.org:5432/dictumal?sslmode=verify-full"

// checkDatabase wants the URL of a database that all replicas can share. What is wrong
// is told without the URL and without its parser's words, which may hold the password.
func (r *reader) checkDatabase(c Config) {
	if !c.Postgres() {
		return
	}
	if !strings.HasPrefix(c.DatabaseURL, postgres) && !strings.HasPrefix(c.DatabaseURL, postgresql) {
		r.fault("DATABASE_URL must be the address of a PostgreSQL database like %s; unset it to use SQLite in the data folder.", exampleURL)
		return
	}
	if c.AuthSecret == nil {
		r.fault("AUTH_SECRET is not set, and with DATABASE_URL it must be, the same for all replicas: they share what is sealed with it; " +
			"make one with: openssl rand -base64 32, or set AUTH_SECRET_FILE to the auth-secret of a data folder that was moved.")
	}
	address, err := url.Parse(c.DatabaseURL)
	parsed, parseErr := pgconn.ParseConfig(c.DatabaseURL)
	if missing, ok := errors.AsType[*fs.PathError](parseErr); ok {
		r.fault("DATABASE_URL names a file that cannot be read: %v.", missing)
		return
	}
	if err != nil || parseErr != nil {
		r.fault("DATABASE_URL cannot be read; write it like %s, and in a password write %%2F %%3A %%40 %%3F %%23 %%25 for / : @ ? # %%.", exampleURL)
		return
	}
	if parsed.Database == "" {
		r.fault("DATABASE_URL names no database; write its name behind the host, as in %s.", exampleURL)
	}
	// It is said in the URL or not at all: the driver knows nothing of a PGSSLMODE that
	// comes from a file of settings.
	if address.Query().Get("sslmode") == "" && !near(parsed) {
		r.fault("DATABASE_URL says nothing of TLS, and so might pass the password and all rows in the clear; add sslmode=verify-full " +
			"(and sslrootcert=FILE for an authority of your own), or sslmode=disable where nobody else is on the way.")
	}
}

// near tells whether no network lies between this host and the database.
func near(parsed *pgconn.Config) bool {
	hosts := []string{parsed.Host}
	for _, fallback := range parsed.Fallbacks {
		hosts = append(hosts, fallback.Host)
	}
	for _, host := range hosts {
		if !strings.HasPrefix(host, "/") && !isLoopback(host) {
			return false
		}
	}
	return true
}

// databaseSecrets are the URL of a PostgreSQL database and its password, which may also
// come from where PostgreSQL's own programs take theirs.
func (c Config) databaseSecrets() []string {
	all := []string{c.DatabaseURL}
	if address, err := url.Parse(c.DatabaseURL); err == nil && address.User != nil {
		_, written, _ := strings.Cut(address.User.String(), ":")
		all = append(all, written, address.Query().Get("sslpassword"))
	}
	if parsed, err := pgconn.ParseConfig(c.DatabaseURL); err == nil {
		all = append(all, parsed.Password)
	}
	return all
}
