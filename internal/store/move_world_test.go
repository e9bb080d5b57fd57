package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// inhabited is a database in a file in which every table has rows: what the program
// writes itself, and a made-up row where it wrote none.
func inhabited(t *testing.T) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "dictumal.db")
	s, err := store.Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx, at := t.Context(), time.Now()
	must(s.AddUser(ctx, dictumal.User{ID: "ada", Email: "ada@example.org", Name: "Ada Łovelace 🦉", Admin: true, CreatedAt: at}, "local", "ada"))
	must(s.AddUser(ctx, dictumal.User{ID: "bob", Email: "bob@example.org", CreatedAt: at}, "https://id.example.org", "bob"))
	_, err = s.Setting(ctx, "installation", "abcdefgh")
	must(err)
	_, err = s.Setting(ctx, "authority-0badcafe", "0badcafe.sealed")
	must(err)
	law := dictumal.Constitution{ID: "C1", Owner: "ada", Version: 1, Title: "A desk", Hash: "abc", Document: "# A desk\n\nOf “wood”.\n", CreatedAt: at}
	must(s.AddConstitution(ctx, law))
	law.Document, law.Hash = "# Another desk\n", "def"
	_, err = s.AddVersion(ctx, law, "abc")
	must(err)
	states := []dictumal.Status{dictumal.Provisioning, dictumal.Configuring, dictumal.Active, dictumal.Errored, dictumal.Destroying, dictumal.Destroyed}
	for i, status := range states {
		o := order(fmt.Sprintf("D%d", i))
		o.Key, o.Row.PricePerHour = fmt.Sprint("key-", i), 0.1+float64(i)
		o.Row.ClientKey = "0badcafe.sealed too"
		add(t, s, o)
		row := claim(t, s, time.Hour)
		row.Status = status
		must(s.Save(ctx, row, store.Outcome{Keep: true}))
		must(s.Note(ctx, row.ID, "A note\nof two lines, “quoted”, with a \\ and a tab\t."))
	}
	must(s.AddSession(ctx, store.Session{ID: "S1", SecretHash: "h", User: dictumal.User{ID: "ada"}, Agent: "Firefox", CreatedAt: at, SeenAt: at, ExpiresAt: at.Add(time.Hour)}))
	must(s.AddToken(ctx, store.Token{ID: "T1", Hash: "h", User: dictumal.User{ID: "ada"}, Name: "a robot", Scopes: []dictumal.Scope{dictumal.ScopeAdmin}, CreatedAt: at, ExpiresAt: at.Add(time.Hour)}))
	_, err = s.AddGrant(ctx, dictumal.Grant{ID: "G1", Deployment: "D2", Email: "bob@example.org", Control: dictumal.ControlViewOnly, By: "ada", CreatedAt: at}, 9, "Shared.")
	must(err)
	must(s.AddSignIn(ctx, store.SignIn{Account: "ada", At: at, Device: "d", Agent: "Firefox", From: "192.0.2.1", Known: true}))
	must(s.AddSignIn(ctx, store.SignIn{Account: "ada", At: at, Device: "d", Agent: "Firefox", From: "192.0.2.1", Known: true})) // the same row twice
	must(s.AddLogin(ctx, login(1, "192.0.2.1", at), store.LoginRoom{PerAddress: 9, Total: 9}, at))
	for _, hash := range []string{"unused", "used"} { // a column that may be empty
		must(s.AddCode(ctx, store.Code{Hash: hash, Kind: store.SignInCode, Account: "ada", ExpiresAt: at.Add(time.Hour)}))
	}
	_, err = s.UseCode(ctx, store.Code{Hash: "used", Kind: store.SignInCode}, store.Session{ID: "S2", SecretHash: "i", CreatedAt: at, SeenAt: at, ExpiresAt: at.Add(time.Hour)}, at)
	must(err)
	_, err = s.Sight(ctx, []dictumal.Machine{{Name: "dictumal-abcdefgh-1", ID: "17", CreatedAt: at}})
	must(err)
	deeds(t, s, deed(1), deed(2), deed(3))
	must(s.Close())
	populate(t, file)
	return file
}

// populate puts a row into each table that has none.
func populate(t *testing.T, file string) {
	t.Helper()
	db := onFile(t, file)
	for _, name := range column(t, db, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'`) {
		if column(t, db, `SELECT COUNT(*) FROM `+name)[0] != "0" {
			continue
		}
		var columns, values []string
		for _, c := range column(t, db, `SELECT name || ' ' || type FROM pragma_table_info('`+name+`')`) {
			what, kind, _ := strings.Cut(c, " ")
			columns = append(columns, what)
			values = append(values, map[string]string{"TEXT": "'x'", "BOOLEAN": "TRUE", "BIGINT": "1", "INTEGER": "1", "DOUBLE PRECISION": "1.5"}[kind])
		}
		alter(t, db, `INSERT INTO `+name+` (`+strings.Join(columns, ", ")+`) VALUES (`+strings.Join(values, ", ")+`)`)
	}
}

// contents are all rows of a database as text, by table.
func contents(t *testing.T, db *sql.DB, tables []string) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, name := range tables {
		all[name] = content(t, db, name)
	}
	return all
}

func content(t *testing.T, db *sql.DB, table string) (all []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `SELECT * FROM `+table)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.ColumnTypes()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		values, places := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			places[i] = &values[i]
		}
		if err := rows.Scan(places...); err != nil {
			t.Fatal(err)
		}
		all = append(all, described(columns, values))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

func described(columns []*sql.ColumnType, values []any) string {
	var cells []string
	for i, value := range values {
		if columns[i].DatabaseTypeName() == "BOOLEAN" { // SQLite has numbers
			value = value == int64(1)
		}
		cells = append(cells, fmt.Sprintf("%s=%v", columns[i].Name(), value))
	}
	slices.Sort(cells)
	return strings.Join(cells, "|")
}

func onFile(t *testing.T, file string) *sql.DB {
	t.Helper()
	return onDatabase(t, "sqlite", "file:"+file)
}

func onServer(t *testing.T, place string) *sql.DB { t.Helper(); return onDatabase(t, "pgx", place) }

func onDatabase(t *testing.T, driver, place string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, place)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func alter(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func column(t *testing.T, db *sql.DB, query string) (all []string) {
	t.Helper()
	rows, err := db.QueryContext(context.WithoutCancel(t.Context()), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
