package simulation

import "time"

// Called takes in that the provider was asked so often at once.
func (l *Ledger) Called(now time.Time, count int) {
	l.calls.add(now, count)
	if minute := l.calls.within(now, time.Minute); minute > l.bounds.CallsMinute {
		l.broke(now, nil, Budget, "the provider was asked %d times within a minute", minute)
	}
	if hour := l.calls.within(now, time.Hour); hour > l.bounds.CallsHour {
		l.broke(now, nil, Budget, "the provider was asked %d times within an hour", hour)
	}
}

// Private

// calls counts by the second.
type calls struct {
	seconds [3600]struct {
		at    int64
		count int
	}
	minute, hour int
	last         int64
	most         [2]int // in any minute, in any hour
}

func (c *calls) add(now time.Time, count int) {
	second := now.Unix()
	c.forget(second)
	slot := &c.seconds[second%3600]
	if slot.at != second {
		slot.at, slot.count = second, 0
	}
	slot.count += count
	c.minute += count
	c.hour += count
	c.most[0], c.most[1] = max(c.most[0], c.minute), max(c.most[1], c.hour)
}

// forget lets go of what is more than a minute, and more than an hour, ago.
func (c *calls) forget(second int64) {
	if c.last == 0 {
		c.last = second
	}
	for s := c.last + 1; s <= second; s++ {
		c.minute -= c.of(s - 60)
		c.hour -= c.of(s - 3600)
	}
	c.last = second
}

func (c *calls) of(second int64) int {
	if slot := c.seconds[((second%3600)+3600)%3600]; slot.at == second {
		return slot.count
	}
	return 0
}

func (c *calls) within(now time.Time, span time.Duration) int {
	c.forget(now.Unix())
	if span == time.Hour {
		return c.hour
	}
	return c.minute
}
