//go:build bench

package bench

import (
	"context"
	"database/sql"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/dictumal/dictumal/internal/machine/machinetest"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

// lease is how long a claim of the program lasts.
const lease = 30 * time.Second

// TestBenchRestart starts the program on a database in which ten thousand rows are due,
// and compares the time from the start of the process until it has brought them all to
// where they should be with what the same steps take by themselves, by turns. The rows are those of TestBenchSteps: no
// provider is asked for them.
func TestBenchRestart(t *testing.T) {
	template := t.TempDir()
	dueDestroyed(t, template)
	noteFirstClaim(t, template)
	cloud := httptest.NewServer(oceantest.New(oceantest.Options{Token: "token"}))
	defer cloud.Close()
	steps(t, duplicate(t, template))
	restart(t, duplicate(t, template), cloud.URL)
	var ours, theirs, answers, later []time.Duration
	for range 5 {
		again := restart(t, duplicate(t, template), cloud.URL)
		answers, later = append(answers, again.served.Sub(again.begun)), append(later, again.claimed.Sub(again.served))
		ours = append(ours, again.done.Sub(again.begun))
		theirs = append(theirs, time.Duration(dueRows/steps(t, duplicate(t, template))*float64(time.Second)))
	}
	remark(t, "ours %s; theirs %s; `/healthz` answers after %s, and the first row is claimed after another %s", list(ours), list(theirs), list(answers), list(later))
	row(t, "restart with 10,000 due rows, until the last is done; bare: the same steps by themselves", median(ours), median(theirs), "at most 1.5")
	plainRow(t, "that restart: from the first answer of `/healthz` to the first claim", seconds(median(later)), "above 0")
}

// restarted is when what happened.
type restarted struct{ begun, served, claimed, done time.Time }

func restart(t *testing.T, data, cloud string) restarted {
	t.Helper()
	address := machinetest.FreeAddress(t)
	command := exec.CommandContext(context.WithoutCancel(t.Context()), binary, "serve")
	command.Env = append(os.Environ(), "DICTUMAL_LISTEN="+address, "AUTH_URL=http://"+address, "DICTUMAL_DATA_DIR="+data,
		"DIGITALOCEAN_API_TOKEN=token", "DIGITALOCEAN_API_URL="+cloud)
	db := bareDatabase(t, data)
	events := look(t, db, `SELECT value FROM event_number`)
	r := restarted{begun: time.Now()}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	defer end(command)
	r.served = r.begun.Add(answered(t, "http://"+address+"/healthz"))
	until(t, "the last row is done", func() bool { return look(t, db, `SELECT value FROM event_number`) >= events+dueRows })
	r.claimed = time.UnixMicro(look(t, db, `SELECT at FROM first_claim`))
	r.done = time.UnixMicro(look(t, db, `SELECT MAX(at) FROM event`))
	return r
}

// look reads a number from a database.
func look(t *testing.T, db *sql.DB, query string) (number int64) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), query).Scan(&number); err != nil {
		t.Fatal(err)
	}
	return number
}

// noteFirstClaim has the database itself tell when the first row was claimed: claims
// leave no trace once their rows are saved.
func noteFirstClaim(t *testing.T, data string) {
	t.Helper()
	db := bareDatabase(t, data)
	for _, statement := range []string{
		`CREATE TABLE first_claim (at BIGINT NOT NULL)`,
		fmt.Sprintf(`CREATE TRIGGER first_claim AFTER UPDATE OF lease_owner ON deployment
			WHEN new.lease_owner <> '' AND NOT EXISTS (SELECT 1 FROM first_claim)
			BEGIN INSERT INTO first_claim VALUES (new.lease_until - %d); END`, lease.Microseconds()),
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}
