package crash_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/client"
)

// customer orders desktops through the balancer, and gives them back.
type customer struct {
	*cluster
	caller
	owner, law string
}

// stay is one desktop's time with its customer.
type stay struct {
	key      string
	id       string
	extended time.Time // until when, at least
	ended    time.Time // when its end was asked for first
}

// look is how often a customer looks how far a desktop is.
const look = 700 * time.Millisecond

// prepare writes down what the customer orders.
func (c *customer) prepare(ctx context.Context) error {
	var made client.Constitution
	err := c.insist(ctx, http.MethodPost, "/api/constitutions", `{"document":"---\ntitle: A desk\n---\n# A desk\n"}`, &made)
	c.law = made.ID
	return err
}

// visit orders a desktop, does with it what chance says, and sees it destroyed.
func (c *customer) visit(ctx context.Context, s *stay, chance *rand.Rand) error {
	hasty := chance.IntN(10) == 0
	stream, hurry := streamBy(chance), time.Duration(0)
	if chance.IntN(4) == 0 { // about as long as it takes to be answered
		hurry = 10 * time.Millisecond << chance.IntN(7)
	}
	if err := c.order(ctx, s, stream, hurry); err != nil {
		return err
	}
	if !hasty {
		if err := c.await(ctx, s, dictumal.Active); err != nil {
			return err
		}
		if err := c.use(ctx, s, chance); err != nil {
			return err
		}
	}
	return c.giveBack(ctx, s)
}

// order asks for a desktop, with the same key until somebody answers. Who is in a hurry
// hangs up the first time.
func (c *customer) order(ctx context.Context, s *stay, stream dictumal.Stream, hurry time.Duration) error {
	c.note(s.key, "is ordered by %s", c.owner)
	body, err := json.Marshal(client.Order{ConstitutionID: c.law, Stream: stream})
	if err != nil {
		return err
	}
	if hurry > 0 {
		c.loseAnswer(ctx, hurry, http.MethodPost, "/api/deployments", string(body), "Idempotency-Key", s.key)
	}
	var made client.Deployment
	if err := c.insist(ctx, http.MethodPost, "/api/deployments", string(body), &made, "Idempotency-Key", s.key); err != nil {
		return err
	}
	s.id = made.ID
	c.note(s.key, "is %s", s.id)
	return nil
}

// await looks at the desktop until it is in a state.
func (c *customer) await(ctx context.Context, s *stay, want dictumal.Status) error {
	const long = 3 * time.Minute
	var seen client.Deployment
	for deadline := time.Now().Add(long); ; time.Sleep(look) {
		if err := c.insist(ctx, http.MethodGet, "/api/deployments/"+s.id, "", &seen); err != nil {
			return err
		}
		switch {
		case seen.Status == want:
			c.note(s.key, "is seen %s", want)
			return nil
		case seen.Status == dictumal.Errored:
			return fmt.Errorf("it is in ERROR: %+v", seen.Error)
		case time.Now().After(deadline):
			return fmt.Errorf("it is %s %s after it should become %s", seen.Status, long, want)
		}
	}
}

// giveBack asks for the end of the desktop and waits for it.
func (c *customer) giveBack(ctx context.Context, s *stay) error {
	s.ended = time.Now()
	c.note(s.key, "is to be destroyed")
	if err := c.insist(ctx, http.MethodDelete, "/api/deployments/"+s.id, "", nil); err != nil {
		return err
	}
	return c.await(ctx, s, dictumal.Destroyed)
}

// Private

// use stays for a moment, and for some desktops asks for a later end.
func (c *customer) use(ctx context.Context, s *stay, chance *rand.Rand) error {
	if chance.IntN(3) == 0 {
		until := time.Now().Add(time.Duration(9+chance.IntN(9)) * time.Hour).UTC().Truncate(time.Second)
		body := fmt.Sprintf(`{"until":%q}`, until.Format(time.RFC3339))
		if err := c.insist(ctx, http.MethodPost, "/api/deployments/"+s.id+"/extend", body, nil); err != nil {
			return err
		}
		s.extended = until
		c.note(s.key, "is extended until %s", until)
	}
	time.Sleep(time.Duration(chance.IntN(3000)) * time.Millisecond)
	return nil
}

func streamBy(chance *rand.Rand) dictumal.Stream {
	if chance.IntN(5) == 0 {
		return dictumal.Guacamole
	}
	return dictumal.Native
}
