package simulation

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// Private

// live is what people do: they order desktops, and destroy most of them.
func (w *world) live() (ids []string) {
	var people sync.WaitGroup
	for i := range w.plan.Deployments {
		person := fmt.Sprintf("person %d", i)
		time.Sleep(w.between(person+" comes", 0, 2*w.plan.Pace))
		id := w.order(person, i)
		ids = append(ids, id)
		people.Go(func() { w.own(person, id, i) })
	}
	people.Wait()
	return ids
}

// own is the life of one desktop with its owner. Many change their mind soon; some
// leave the end to its lifetime.
func (w *world) own(person, id string, number int) {
	span := w.between(person+" stays", 0, 12*time.Minute)
	if w.of(person+" is hasty") < .4 {
		span = w.between(person+" stays", 0, 40*time.Second)
	}
	time.Sleep(span)
	switch fate := w.of(person + " ends"); {
	case fate < .1: // most are ended by their lifetime before
		time.Sleep(30 * time.Minute)
	case fate < .2:
		w.tell(TwiceEnd, "")
		w.destroy(number, id)
		time.Sleep(w.between(person+" again", 0, time.Minute))
	}
	w.destroy(number, id)
}

// order orders a desktop, again and again while the caps are reached.
func (w *world) order(person string, number int) string {
	row := w.row(person, number)
	order := store.Order{Row: row, PerUser: w.plan.PerUser, Total: w.plan.Total, Key: row.ID, Body: person}
	w.uncapped(&order)
	for {
		_, err := w.add(order, number)
		if full := (*store.CapError)(nil); errors.As(err, &full) {
			time.Sleep(w.between(person+" waits", 5*time.Second, 30*time.Second))
			order.Row.CreatedAt = time.Now()
			continue
		}
		w.must(err)
		break
	}
	if w.of(person+" is impatient") < .1 {
		w.tell(Reorder, "")
		created, err := w.add(order, number)
		w.must(err)
		if created {
			w.ledger.Do(func(now time.Time) { w.ledger.broke(now, nil, NoDouble, "%s was ordered twice", row.ID) })
		}
	}
	return row.ID
}

func (w *world) add(order store.Order, number int) (created bool, err error) {
	w.outages.there()
	w.ledger.Do(func(now time.Time) {
		var row store.Row
		if row, created, err = w.at(number).AddDeployment(w.Context(), order); created && err == nil {
			w.ledger.Ordered(now, row)
			w.wake(number)
		}
	})
	return created, err
}

// at is the database as the process knows it that a person has come to.
func (w *world) at(person int) *store.Store { return w.stores[person%len(w.stores)] }

func (w *world) destroy(number int, id string) {
	w.outages.there()
	w.ledger.Do(func(now time.Time) {
		_, err := w.at(number).MarkDestroying(w.Context(), ownerOf(number), id, "Destroyed by its owner.")
		w.must(err)
		w.ledger.Ended(now, id)
		w.wake(number)
	})
}

// row is the order of a person. Its id is a ULID that is the same in every run.
func (w *world) row(person string, number int) store.Row {
	var id ulid.ULID
	w.must(id.SetTime(ulid.Timestamp(time.Now())))
	id[15], id[14], id[13] = byte(number), byte(number>>8), byte(number>>16)
	row := store.Row{Deployment: dictumal.Deployment{
		ID: id.String(), Owner: ownerOf(number), CreatedAt: time.Now(), Stream: dictumal.Native,
		Provider: w.plan.Climate.Traits.Name, Constitution: dictumal.ConstitutionRef{ID: "law", Version: 1},
	}}
	if w.of(person+" is modest") < .2 {
		row.Policy.Lifetime.TTL = w.between(person+" asks for", 3*time.Minute, 20*time.Minute)
		row.ExpiresAt = row.CreatedAt.Add(row.Policy.Lifetime.TTL)
	}
	sealed, err := w.options.Sealer.Seal([]byte("client key"), row.ClientKeyContext())
	w.must(err)
	row.ClientKey = sealed
	return row
}

func ownerOf(number int) string { return fmt.Sprintf("owner%d", number%owners) }
