package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/dictumal/dictumal/internal/store"
)

func TestARoundGoesOnWhereTheLastOneWasCutOff(t *testing.T) {
	var ids []string
	for number := range 100 {
		ids = append(ids, fmt.Sprintf("D%02d", number))
	}
	var round store.Round
	looks := func(most int) (seen []string) {
		err := round.Each(slices.Clone(ids), func(some []string) error {
			if most == 0 {
				return errors.New("too slow")
			}
			most--
			seen = append(seen, some...)
			return nil
		})
		if (err != nil) != (len(seen) < len(ids)) {
			t.Errorf("saw %d of %d, %v", len(seen), len(ids), err)
		}
		return seen
	}
	first := looks(1)
	ids = ids[1:] // what has ended is not asked for again
	second := looks(1)
	if len(first) == 0 || len(second) == 0 || first[0] != "D00" || second[0] <= first[len(first)-1] {
		t.Errorf("saw %v, and then %v", first, second)
	}
	all := looks(100)
	if slices.Sort(all); !slices.Equal(all, ids) {
		t.Errorf("in all saw %v", all)
	}
}
