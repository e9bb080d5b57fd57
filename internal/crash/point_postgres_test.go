package crash_test

import (
	"crypto/rand"
	"flag"
	"testing"

	"github.com/dictumal/dictumal/internal/postgrestest"
)

// everywhere has a program on PostgreSQL end at each of its points, as one on SQLite
// does anyway; else it is every third of them.
var everywhere = flag.Bool("everywhere", false, "end a program on PostgreSQL at each of its points")

// TestAProgramThatIsKilledAnywhereLosesNothingOnPostgreSQL ends a program that others
// might share its rows with: whoever comes after it waits until its claims have run out.
func TestAProgramThatIsKilledAnywhereLosesNothingOnPostgreSQL(t *testing.T) {
	t.Parallel()
	path, seats, count := build(t), make(chan struct{}, 12), 0 // each takes connections of the one server
	for _, one := range courses() {
		for _, end := range one.ends {
			if count++; count%3 != 0 && !*everywhere {
				continue
			}
			t.Run(end+" in the life of "+one.name, func(t *testing.T) {
				t.Parallel()
				seats <- struct{}{}
				defer func() { <-seats }()
				through(install(t, path,
					"DATABASE_URL="+postgrestest.Database(t), "AUTH_SECRET="+rand.Text()+rand.Text(),
					"DICTUMAL_CRASH_LEASE=3s", "DICTUMAL_CRASH_GRACE=8s", // longer than a list of machines is good that replicas share
				), one.story, one.stream, end)
			})
		}
	}
}
