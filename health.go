package dictumal

import "time"

// Health is how a provider is doing, as it has answered of late.
type Health struct {
	OK      bool
	Failure *Failure  // what is wrong, and what happens next; nil where OK
	Since   time.Time // since when it is so
	Until   time.Time // when it is asked again; zero where it is asked all the time
}

// Reporter is a provider that knows how it is doing. It makes no call.
type Reporter interface{ Health() Health }
