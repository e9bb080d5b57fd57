package control

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/machine"
	"github.com/dictumal/dictumal/internal/store"
)

// DeployRequest asks for a desktop. What is left out comes from the document, and
// then from the provider's catalog.
type DeployRequest struct {
	ConstitutionID string          `json:"constitutionId"`
	Version        int             `json:"version,omitempty"` // 0: the newest
	Region         string          `json:"region,omitempty"`
	Size           string          `json:"size,omitempty"`
	Stream         dictumal.Stream `json:"stream,omitempty"`
	// IdempotencyKey makes a repeated request give the same deployment.
	IdempotencyKey string `json:"-"`
}

// maxKey is the longest idempotency key, in characters.
const maxKey = 64

// Deploy orders a desktop. It is false where the idempotency key had ordered it
// before, whatever has become since of what it was ordered from.
func (c *Control) Deploy(ctx context.Context, p dictumal.Principal, ask DeployRequest) (made dictumal.Deployment, created bool, err error) {
	defer func() { c.tell(ctx, p, "deployment.create", cmp.Or(made.ID, ask.ConstitutionID), err) }()
	if err := allow(p, dictumal.ScopeDeploy); err != nil {
		return dictumal.Deployment{}, false, err
	}
	order := store.Order{Key: ask.IdempotencyKey, PerUser: c.PerUser, Total: c.Total}
	order.Row.Owner = p.User.ID
	if order.Body, err = digest(ask); err != nil {
		return dictumal.Deployment{}, false, err
	}
	row, found, err := c.Store.Ordered(ctx, order)
	if err != nil || found {
		return row.Deployment, false, wrap("deploy", orderError(err))
	}
	if order.Row, err = c.plan(ctx, p, ask); err != nil {
		return dictumal.Deployment{}, false, err
	}
	if order.Spend, err = c.spendCaps(ctx); err != nil {
		return dictumal.Deployment{}, false, err
	}
	row, created, err = c.Store.AddDeployment(ctx, order)
	if err != nil {
		return dictumal.Deployment{}, false, wrap("deploy", orderError(err))
	}
	if created {
		c.Moved("", row.Deployment)
	}
	c.Wake()
	return row.Deployment, created, nil
}

// Private

// plan settles what will be made.
func (c *Control) plan(ctx context.Context, p dictumal.Principal, ask DeployRequest) (store.Row, error) {
	law, err := c.own(ctx, p, dictumal.ScopeDeploy, ask.ConstitutionID, ask.Version)
	if err != nil {
		return store.Row{}, err
	}
	catalog, err := c.catalog(ctx)
	if err != nil {
		return store.Row{}, err
	}
	region := cmp.Or(ask.Region, law.Policy.Machine.Region, catalog.DefaultRegion)
	slug := cmp.Or(ask.Size, law.Policy.Machine.Size, catalog.DefaultSize)
	stream := dictumal.Stream(cmp.Or(string(ask.Stream), string(c.Stream)))
	size, faults := choose(catalog, region, slug)
	faults = append(faults, refuseStream(stream, size)...)
	faults = append(faults, c.refuseBudget(law.Policy.Lifetime.Budget, size)...)
	if len([]rune(ask.IdempotencyKey)) > maxKey {
		faults = append(faults, dictumal.Fault{Location: "Idempotency-Key", Message: fmt.Sprintf(
			"The Idempotency-Key is longer than %d characters; use a shorter one, such as a UUID.", maxKey)})
	}
	if len(faults) > 0 {
		return store.Row{}, dictumal.Invalid(faults...)
	}
	made := now()
	row := store.Row{Deployment: dictumal.Deployment{
		ID: newID(), Owner: law.Owner, Policy: law.Policy,
		Constitution: dictumal.ConstitutionRef{ID: law.ID, Title: law.Title, Version: law.Version, Hash: law.Hash},
		Provider:     c.Provider.Traits().Name, Billing: c.Provider.Traits().Billing, Stream: stream,
		Region: region, Size: size.Slug, PricePerHour: size.PricePerHour,
		CreatedAt: made, ExpiresAt: end(made, law.Policy.Lifetime.TTL),
	}}
	if err := c.addKeys(&row); err != nil {
		return store.Row{}, err
	}
	if stream == dictumal.Guacamole {
		err = c.addStreamSecret(&row)
	}
	return row, err
}

// end is when a lifetime is over; never, where there is none.
func end(from time.Time, ttl time.Duration) time.Time {
	if ttl == 0 {
		return time.Time{}
	}
	return from.Add(ttl)
}

// choose finds the size in the region, or says what is on offer instead.
func choose(catalog dictumal.Catalog, region, slug string) (dictumal.Size, []dictumal.Fault) {
	var faults []dictumal.Fault
	if !catalog.HasRegion(region) {
		var names []string
		for _, r := range catalog.Regions {
			names = append(names, r.Slug)
		}
		faults = append(faults, dictumal.Fault{Location: "region", Message: fmt.Sprintf(
			"Region %q is not on offer; choose one of %s.", region, strings.Join(names, ", "))})
	}
	size, ok := catalog.Size(slug)
	if !ok || (len(size.Regions) > 0 && len(faults) == 0 && !slices.Contains(size.Regions, region)) {
		var names []string
		for _, s := range catalog.Sizes {
			if len(s.Regions) == 0 || slices.Contains(s.Regions, region) {
				names = append(names, s.Slug)
			}
		}
		faults = append(faults, dictumal.Fault{Location: "size", Message: fmt.Sprintf(
			"Size %q is not on offer in %s; choose one of %s.", slug, region, strings.Join(names, ", "))})
	}
	return size, faults
}

// refuseStream says what keeps a size from carrying the stream.
func refuseStream(stream dictumal.Stream, size dictumal.Size) []dictumal.Fault {
	switch stream {
	case dictumal.Native, dictumal.Guacamole:
		if size.MemoryMB > 0 && size.MemoryMB < stream.MinMemoryMB() {
			return []dictumal.Fault{{Location: "size", Message: fmt.Sprintf("Size %q has less than 2 GB of memory, "+
				"which the guacamole stream needs; choose a larger one, or the native stream.", size.Slug)}}
		}
		return nil
	}
	return []dictumal.Fault{{Location: "stream", Message: fmt.Sprintf("Stream %q is not known; choose native or guacamole.", stream)}}
}

// addKeys gives a deployment the key that opens its machine, sealed.
func (c *Control) addKeys(row *store.Row) error {
	pair, err := machine.NewKeyPair()
	if err != nil {
		return fmt.Errorf("make client key: %w", err)
	}
	row.ClientPublic = pair.AuthorizedLine
	row.ClientKey, err = c.Sealer.Seal(pair.PrivatePEM, row.ClientKeyContext())
	if err != nil {
		return fmt.Errorf("seal client key: %w", err)
	}
	return nil
}

func orderError(err error) error {
	if errors.Is(err, store.ErrKeyReused) {
		return dictumal.Invalid(dictumal.Fault{Location: "Idempotency-Key", Message: "This Idempotency-Key was used for " +
			"a request with another body; send the same body, or a new key."})
	}
	if limit, ok := errors.AsType[*store.SpendError](err); ok {
		return dictumal.NewError(dictumal.CodeConflict, spendSentence(limit))
	}
	if limit, ok := errors.AsType[*store.CapError](err); ok {
		whose := "This installation has"
		if limit.Own {
			whose = "You have"
		}
		return dictumal.NewError(dictumal.CodeConflict, fmt.Sprintf("%s as many machines as allowed (%d); "+
			"destroy one that is not needed, or ask for a higher limit.", whose, limit.Limit))
	}
	return err
}

func digest(ask DeployRequest) (string, error) {
	body, err := json.Marshal(ask)
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:]), err
}
