package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/dictumal/dictumal/internal/store"
)

const oldHead, newHead = "s1.0ld00000.", "s1.new00000."

// sealedOrder asks for a deployment with sealed values of the old key.
func sealedOrder(id string) store.Order {
	o := order(id)
	o.Row.ClientKey, o.Row.StreamSecret = oldHead+"client-"+id, oldHead+"stream-"+id
	return o
}

// anew puts values of the new key in the place of others.
func anew(values []store.SealedValue) []store.Resealed {
	fresh := make([]store.Resealed, 0, len(values))
	for _, v := range values {
		fresh = append(fresh, store.Resealed{SealedValue: v, By: newHead + v.Value[len(oldHead):]})
	}
	return fresh
}

func TestEverySealedValueIsListedOnceWithItsPlace(t *testing.T) {
	s := open(t)
	for i := range 5 {
		add(t, s, sealedOrder(fmt.Sprintf("D%d", i)))
	}
	seen := map[string]string{}
	for last := (store.SealedValue{}); ; {
		values, err := s.SealedBy(t.Context(), oldHead, last, 3)
		if err != nil {
			t.Fatal(err)
		}
		if len(values) == 0 {
			break
		}
		for _, v := range values {
			if seen[v.Context] != "" {
				t.Errorf("%s is listed twice", v.Context)
			}
			seen[v.Context] = v.Value
		}
		last = values[len(values)-1]
	}
	if len(seen) != 10 || seen["deployment|D3|client_key"] != oldHead+"client-D3" || seen["deployment|D4|stream_secret"] != oldHead+"stream-D4" {
		t.Errorf("listed %v", seen)
	}
	row := store.Row{}
	row.ID = "D3"
	for _, context := range []string{row.ClientKeyContext(), row.StreamSecretContext()} {
		if seen[context] == "" {
			t.Errorf("the place of a value is not called %s, as where it is sealed", context)
		}
	}
	counts, err := s.SealedCounts(t.Context(), len(oldHead))
	if err != nil || len(counts) != 1 || counts[oldHead] != (store.SealedCount{Rows: 10}) {
		t.Errorf("counted %v, %v", counts, err)
	}
}

func TestAValueThatHasChangedMeanwhileIsNotSealedAnew(t *testing.T) {
	s := open(t)
	add(t, s, sealedOrder("D1"))
	values, err := s.SealedBy(t.Context(), oldHead, store.SealedValue{}, 10)
	if err != nil || len(values) != 2 {
		t.Fatalf("%v, %v", values, err)
	}
	held := claim(t, s, time.Hour)
	held.ClientKey = oldHead + "another"
	if err := s.Save(t.Context(), held, store.Outcome{Wake: time.Now().Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	done, err := s.Reseal(t.Context(), anew(values))
	row, rowErr := s.Deployment(t.Context(), "D1")
	if err := errors.Join(err, rowErr); err != nil || done != 1 || row.ClientKey != oldHead+"another" || row.StreamSecret != newHead+"stream-D1" {
		t.Errorf("%d sealed anew; the row has %q and %q, %v", done, row.ClientKey, row.StreamSecret, err)
	}
}

// TestAWorkerDoesNotBringAFormerKeyBack holds a row, as a worker does, and writes back
// what it holds.
func TestAWorkerDoesNotBringAFormerKeyBack(t *testing.T) {
	for name, test := range map[string]struct {
		lease time.Duration
		want  error  // of the worker's save
		head  string // that the row has then
	}{
		"while its claim holds, the row waits":       {time.Hour, nil, oldHead},
		"after its claim is over, it writes nothing": {-time.Second, store.ErrFenced, newHead},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			add(t, s, sealedOrder("D1"))
			held := claim(t, s, test.lease)
			values, err := s.SealedBy(t.Context(), oldHead, store.SealedValue{}, 10)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Reseal(t.Context(), anew(values)); err != nil {
				t.Fatal(err)
			}
			held.MachineID = "42"
			if err := s.Save(t.Context(), held, store.Outcome{Wake: time.Now()}); !errors.Is(err, test.want) {
				t.Errorf("the worker saves: %v, want %v", err, test.want)
			}
			row, err := s.Deployment(t.Context(), "D1")
			if err != nil || row.ClientKey != test.head+"client-D1" || (row.MachineID == "42") != (test.want == nil) {
				t.Errorf("the row has %q and the machine %q, %v", row.ClientKey, row.MachineID, err)
			}
		})
	}
}

func TestASettingThatMovesNeverReplacesAnother(t *testing.T) {
	s := open(t)
	for _, from := range []string{"authority-a", "authority-b"} {
		if _, err := s.Setting(t.Context(), from, "sealed"); err != nil {
			t.Fatal(err)
		}
		if err := s.MoveSetting(t.Context(), from, "authority-c", "from "+from); err != nil {
			t.Fatal(err)
		}
		if gone, err := s.FindSetting(t.Context(), from); err != nil || gone != "" {
			t.Errorf("%s is there still: %q, %v", from, gone, err)
		}
		if moved, err := s.FindSetting(t.Context(), "authority-c"); err != nil || moved != "from authority-a" {
			t.Errorf("after %s the new one is %q, %v", from, moved, err)
		}
	}
}
