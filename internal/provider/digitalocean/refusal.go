package digitalocean

import (
	"fmt"
	"strings"
	"time"

	"github.com/dictumal/dictumal"
)

// Private

// renew says how to get a token that may do what is needed.
func renew() string {
	return "Make a new token with the scopes " + strings.Join(Scopes(), ", ") +
		", put it in DIGITALOCEAN_API_TOKEN, and restart."
}

func refusalToken(err error) error {
	return &dictumal.Refusal{
		Reason:   dictumal.ReasonCredentials,
		Message:  "DigitalOcean does not accept the API token.",
		NextStep: renew(),
		Cause:    err,
	}
}

func refusalScope(attempt, scope string, err error) error {
	return &dictumal.Refusal{
		Reason:   dictumal.ReasonScope,
		Message:  fmt.Sprintf("The token for DigitalOcean may not %s: it lacks the scope %s.", attempt, scope),
		NextStep: renew(),
		Cause:    err,
	}
}

func refusalAccount(status, words string, err error) error {
	message := "DigitalOcean takes no orders from the account, which is locked."
	if status == "warning" {
		message = "DigitalOcean takes no orders from the account, which has a warning."
	}
	if words != "" {
		message += " It says: " + sentence(words)
	}
	return &dictumal.Refusal{
		Reason:   dictumal.ReasonAccount,
		Message:  message,
		NextStep: "Sign in at cloud.digitalocean.com, settle what it asks for or write to its support, and deploy again.",
		Cause:    err,
	}
}

func refusalQuota(err error) error {
	return &dictumal.Refusal{
		Reason:   dictumal.ReasonQuota,
		Message:  "The DigitalOcean account has as many droplets as it may have.",
		NextStep: "Destroy a machine that is not needed any more, or ask DigitalOcean for a higher droplet limit, and deploy again.",
		Cause:    err,
	}
}

func refusalRate(left time.Duration) error {
	return &dictumal.Refusal{
		Reason:     dictumal.ReasonRateLimited,
		Message:    "DigitalOcean has had too many calls with this token and takes no more for now.",
		NextStep:   "Nothing needs to be done: it is asked again as soon as it allows. If this comes back, see what else uses the token.",
		RetryAfter: left,
	}
}

// refusalBudget is of a call that was not sent: it would have been one too many.
func refusalBudget(left time.Duration) error {
	return &dictumal.Refusal{
		Reason:     dictumal.ReasonRateLimited,
		Message:    "DigitalOcean allows so many calls with one token, and the next ones have to wait.",
		NextStep:   "Nothing needs to be done: it is asked as soon as it allows, and removals go first. If this comes back, see what else uses the token.",
		RetryAfter: max(left, minPause),
	}
}

// refusalLedger is of a call that was not sent, since it could not be counted.
func refusalLedger(err error) error {
	return &dictumal.Refusal{
		Reason:     dictumal.ReasonRateLimited,
		Message:    "The database does not count the calls to DigitalOcean at present, and none is sent without.",
		NextStep:   "Nothing needs to be done: it is tried again. If this lasts, see whether the database can be reached.",
		RetryAfter: askAgain,
		Cause:      err,
	}
}

// refusalOpen is of a call that was not sent: the last ones had no answer.
func refusalOpen(left time.Duration, cause error) error {
	refusal := refusalDown(cause)
	refusal.RetryAfter = max(left, minPause)
	return refusal
}

func refusalAddress(err error) error {
	return &dictumal.Refusal{
		Reason:   dictumal.ReasonProviderMissing,
		Message:  "The address of DigitalOcean's API is not a URL.",
		NextStep: "Correct DIGITALOCEAN_API_URL, or leave it out, and restart.",
		Cause:    err,
	}
}

func refusalDown(err error) *dictumal.Refusal {
	return &dictumal.Refusal{
		Reason:     dictumal.ReasonProviderDown,
		Message:    fmt.Sprintf("DigitalOcean does not answer (%s).", cause(err)),
		NextStep:   "Nothing needs to be done: it is asked again. If this lasts, look at status.digitalocean.com.",
		RetryAfter: askAgain,
		Cause:      err,
	}
}

func refusalRegion(region string, err error) error {
	return &dictumal.Refusal{
		Reason:   dictumal.ReasonProviderRefused,
		Message:  fmt.Sprintf("DigitalOcean takes no orders in the region %q.", region),
		NextStep: "Choose one of the catalog's regions, and deploy again.",
		Cause:    err,
	}
}

func refusalSize(size, region string, err error) error {
	return &dictumal.Refusal{
		Reason:   dictumal.ReasonSizeUnavailable,
		Message:  fmt.Sprintf("DigitalOcean does not offer the size %q in the region %q at present.", size, region),
		NextStep: "Choose another size or another region, and deploy again.",
		Cause:    err,
	}
}

func refusalDisk(image string, disk int, size dictumal.Size) error {
	return &dictumal.Refusal{
		Reason:   dictumal.ReasonSizeUnavailable,
		Message:  fmt.Sprintf("The image %q needs a disk of %d GB, and the size %q has %d GB.", image, disk, size.Slug, size.DiskGB),
		NextStep: "Choose a larger size, and deploy again.",
	}
}

func refusalImage(image, region string, err error) error {
	return &dictumal.Refusal{
		Reason:   dictumal.ReasonImageMissing,
		Message:  fmt.Sprintf("DigitalOcean does not offer the image %q in the region %q.", image, region),
		NextStep: "Choose another region, or set DIGITALOCEAN_IMAGE_SLUG to an image that is there and restart, and deploy again.",
		Cause:    err,
	}
}

func refusalUserData(size int) error {
	return &dictumal.Refusal{
		Reason:   dictumal.ReasonProviderRefused,
		Message:  fmt.Sprintf("The user-data has %d bytes, and DigitalOcean takes %d.", size, maxUserData),
		NextStep: "Shorten the constitution or the files in it, and deploy again.",
	}
}

// refusalKeys is of an order with a key that is gone. Where the key is our own,
// the next order has another.
func (p *Provider) refusalKeys(err error) error {
	refusal := &dictumal.Refusal{
		Reason:   dictumal.ReasonProviderRefused,
		Message:  "DigitalOcean does not know one of the SSH keys in DIGITALOCEAN_SSH_KEYS.",
		NextStep: "Correct DIGITALOCEAN_SSH_KEYS, restart, and deploy again.",
		Cause:    err,
	}
	if len(p.config.SSHKeys) == 0 {
		refusal.Message = "DigitalOcean does not have this installation's SSH key any more."
		refusal.NextStep = "Nothing needs to be done: it is registered again, and the order is sent again."
		refusal.RetryAfter = askAgain
	}
	return refusal
}

func refusalOther(attempt string, no *answer) error {
	return &dictumal.Refusal{
		Reason:   dictumal.ReasonProviderRefused,
		Message:  fmt.Sprintf("DigitalOcean refused to %s (%d): %s", attempt, no.status, sentence(no.words)),
		NextStep: "Correct what it names, and try again. If it names nothing, look at status.digitalocean.com.",
		Cause:    no,
	}
}

func sentence(text string) string {
	for _, end := range []string{".", "!", "?", "…"} {
		if strings.HasSuffix(text, end) {
			return text
		}
	}
	return text + "."
}
