//go:build bench

package bench

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/store"
)

// TestBenchGetPostgres compares reading one deployment of 10,000 from a PostgreSQL server
// on the same host with reading it from a SQLite file, session and ownership included.
func TestBenchGetPostgres(t *testing.T) {
	world := newWorld(t)
	file, server := world.rows(t, 10_000), world.rowsOnPostgres(t, 10_000)
	var rates [2][]float64
	var medians [2][]time.Duration
	for run := range 6 {
		for i, rows := range []*rows{server, file} {
			rate := rateOf(t, launching/2, rows.all(), rows.token, http.StatusOK)
			times := rows.times(t, 4000)
			if run > 0 { // the first does not count
				rates[i], medians[i] = append(rates[i], rate), append(medians[i], times[len(times)/2])
			}
		}
	}
	rateRow(t, "`GET /api/deployments/{id}` a second among 10,000 rows on PostgreSQL; bare: on SQLite", rates, "")
	fineRow(t, "`GET /api/deployments/{id}`, median, among 10,000 rows on PostgreSQL; bare: on SQLite", median(medians[0]), median(medians[1]), "")
}

// rowsOnPostgres is a server whose PostgreSQL database has some deployments of one user.
func (w *world) rowsOnPostgres(t *testing.T, count int) *rows {
	t.Helper()
	p := newPostgres(t)
	s := p.open(t)
	row, ok, err := s.Claim(t.Context(), "bench", time.Minute)
	if err != nil || !ok {
		t.Fatalf("claim: %v, %v", ok, err)
	}
	row.Status, row.IP = dictumal.Active, "192.0.2.1"
	if err := s.Save(t.Context(), row, store.Outcome{Wake: time.Now().Add(24 * time.Hour)}); err != nil {
		t.Fatal(err)
	}
	p.run(t, `INSERT INTO deployment SELECT (jsonb_populate_record(d, jsonb_build_object('id', 'GET' || lpad(n::text, 8, '0')))).*
		FROM deployment d, generate_series(1, $1::int) n`, count)
	p.run(t, `VACUUM ANALYZE deployment`)
	r := &rows{data: t.TempDir(), token: auth.TokenPrefix + rand.Text()}
	sum := sha256.Sum256([]byte(r.token))
	p.run(t, `INSERT INTO api_token (id, hash, account_id, name, created_at, expires_at, used_at) VALUES ('bench', $1, 'ada', 'bench', 0, $2, 0)`,
		hex.EncodeToString(sum[:]), time.Now().Add(time.Hour).UnixMicro())
	ids, err := p.bare.QueryContext(t.Context(), `SELECT id FROM deployment WHERE id LIKE 'GET%'`)
	if err != nil {
		t.Fatal(err)
	}
	defer ids.Close() //nolint:errcheck // Err below reports what matters
	for ids.Next() {
		var id string
		if err := ids.Scan(&id); err != nil {
			t.Fatal(err)
		}
		r.ids = append(r.ids, id)
	}
	if err := ids.Err(); err != nil {
		t.Fatal(err)
	}
	r.program = w.serve(t, r.data, "DATABASE_URL="+p.place, "AUTH_SECRET="+rand.Text()+rand.Text())
	return r
}
