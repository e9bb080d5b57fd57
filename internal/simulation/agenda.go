package simulation

import (
	"container/heap"
	"time"
)

// agenda holds what happens, or must be looked at, at a moment to come. What is
// past is done before anything else happens, in its order.
type agenda struct {
	items items
	count int
}

// at puts something on the agenda.
func (a *agenda) at(moment time.Time, do func(now time.Time)) {
	a.count++
	heap.Push(&a.items, item{moment, a.count, do})
}

// until does what is due.
func (a *agenda) until(now time.Time) {
	for len(a.items) > 0 && !a.items[0].at.After(now) {
		due := heap.Pop(&a.items).(item)
		due.do(due.at)
	}
}

// Private

type item struct {
	at    time.Time
	order int
	do    func(now time.Time)
}

type items []item

func (i items) Len() int { return len(i) }

func (i items) Less(a, b int) bool {
	if i[a].at.Equal(i[b].at) {
		return i[a].order < i[b].order
	}
	return i[a].at.Before(i[b].at)
}

func (i items) Swap(a, b int) { i[a], i[b] = i[b], i[a] }
func (i *items) Push(x any)   { *i = append(*i, x.(item)) }

func (i *items) Pop() any {
	last := len(*i) - 1
	x := (*i)[last]
	*i = (*i)[:last]
	return x
}
