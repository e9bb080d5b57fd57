package reconcile_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/authority"
	"github.com/dictumal/dictumal/internal/machine"
	"github.com/dictumal/dictumal/internal/provider/providertest"
	"github.com/dictumal/dictumal/internal/store"
)

func TestAGuacamoleDeploymentPassesTheStagesOfTheReference(t *testing.T) {
	inGuacamole(t, providertest.Behaviour{Boot: time.Second, Address: 2 * time.Second}, func(w *world) {
		defer w.run()()
		id := w.deployGuacamole()
		row := w.reaches(id, dictumal.Active, time.Minute)
		if diff := cmp.Diff(guacamoleStory, w.story(id)); diff != "" {
			w.Error(diff)
		}
		want := map[dictumal.Check]bool{"vnc5901": true, "http80": true, "guacHttp8080": true, "guacHttps443": true}
		if diff := cmp.Diff(want, row.Progress.Checks); diff != "" {
			w.Error(diff)
		}
		if door := w.prober.door(id); door.Name != row.MachineName+".dictumal.invalid" {
			w.Errorf("the machine was looked at as %q", door.Name)
		}
	})
}

const guacamoleStory = `status PROVISIONING Deployment ordered.
progress provisioning-droplet Creating the machine
note  Asked memory for the machine machine-1.
progress waiting-for-ip Waiting for an address
progress installing-packages Installing packages
note  The machine is up and has the address 192.0.2.2.
status CONFIGURING The machine is being configured.
progress starting-guacamole Starting Guacamole
progress configuring-https Configuring HTTPS
note  Gave the machine a certificate for machine-1.dictumal.invalid, 192.0.2.2, stream.example.org, good until 30 March 2000.
progress final-health-check Final health check
progress active Active
status ACTIVE The desktop is ready.
`

func TestOnlyHTTPSGuacamoleMakesADeploymentActive(t *testing.T) {
	all := machine.Report{SSH: true, VNC: true, HTTP80: true, GuacHTTP: true, GuacHTTPS: true, Bootstrap: "done", Desktop: true}
	for name, is := range map[string]struct {
		but    func(*machine.Report)
		active bool
		stage  dictumal.Stage
	}{
		"all of it":                       {func(*machine.Report) {}, true, dictumal.StageActive},
		"a false vnc5901 does not block":  {func(r *machine.Report) { r.VNC = false }, true, dictumal.StageActive},
		"nor does any other check":        {func(r *machine.Report) { r.VNC, r.HTTP80, r.GuacHTTP, r.Desktop = false, false, false, false }, true, dictumal.StageActive},
		"without HTTPS the rest does not": {func(r *machine.Report) { r.GuacHTTPS = false }, false, dictumal.ConfiguringHTTPS},
		"a VNC server alone":              {func(r *machine.Report) { r.GuacHTTPS, r.GuacHTTP = false, false }, false, dictumal.StartingGuacamole},
		"plain HTTP alone":                {func(r *machine.Report) { r.GuacHTTPS, r.GuacHTTP, r.VNC = false, false, false }, false, dictumal.InstallingPackages},
	} {
		t.Run(name, func(t *testing.T) {
			report := all
			is.but(&report)
			inGuacamole(t, providertest.Behaviour{}, func(w *world) {
				w.prober.shows = always(report)
				defer w.run()()
				id := w.deployGuacamole()
				time.Sleep(2 * time.Minute)
				row := w.row(id)
				if (row.Status == dictumal.Active) != is.active || row.Progress.Stage != is.stage {
					w.Errorf("%s at %s, want active %v at %s", row.Status, row.Progress.Stage, is.active, is.stage)
				}
			})
		})
	}
}

func TestACertificateIsGivenOnlyWhenAllElseIsDone(t *testing.T) {
	inGuacamole(t, providertest.Behaviour{}, func(w *world) {
		w.prober.shows = always(machine.Report{SSH: true, VNC: true, GuacHTTP: true, Bootstrap: "running"})
		defer w.run()()
		id := w.deployGuacamole()
		time.Sleep(5 * time.Minute)
		if w.prober.certificate(id) != nil || w.row(id).CertificateNames != "" {
			w.Error("a machine that is still being made has a certificate")
		}
	})
}

func TestACertificateIsRenewedInTime(t *testing.T) {
	inGuacamole(t, providertest.Behaviour{}, func(w *world) {
		stop := w.run()
		id := w.deployGuacamole()
		first := w.reaches(id, dictumal.Active, time.Minute)
		for _, test := range []struct {
			age     time.Duration
			renewed bool
		}{{59 * 24 * time.Hour, false}, {61 * 24 * time.Hour, true}} {
			stop() // nobody steps through the weeks
			time.Sleep(time.Until(first.ActiveAt.Add(test.age)))
			stop = w.run()
			time.Sleep(10 * time.Minute)
			if got := w.row(id).CertificateUntil.After(first.CertificateUntil); got != test.renewed {
				w.Errorf("after %s renewed is %v, want %v", test.age, got, test.renewed)
			}
		}
		stop()
	})
}

func TestAMachineWithANewAddressGetsACertificateForIt(t *testing.T) {
	inGuacamole(t, providertest.Behaviour{}, func(w *world) {
		defer w.run()()
		id := w.deployGuacamole()
		first := w.reaches(id, dictumal.Active, time.Minute)
		w.provider.Readdress(first.MachineID, "192.0.2.77")
		row := w.until(id, 3*time.Minute, "the new address in the certificate", func(row store.Row) bool {
			return row.CertificateNames != first.CertificateNames
		})
		if leaf := w.leaf(id); row.IP != "192.0.2.77" || len(leaf.IPAddresses) != 1 || leaf.IPAddresses[0].String() != "192.0.2.77" {
			w.Errorf("the machine is at %s, its certificate is for %s", row.IP, leaf.IPAddresses)
		}
	})
}

func TestTheClockOfAMachineIsKnown(t *testing.T) {
	inGuacamole(t, providertest.Behaviour{}, func(w *world) {
		var ahead atomic.Int64
		ahead.Store(int64(10 * time.Minute))
		w.prober.shows = func(age time.Duration) (machine.Report, error) {
			report, err := w.prober.comesUp(age)
			report.Clock, report.Clocked = time.Duration(ahead.Load()), true
			return report, err
		}
		defer w.run()()
		id := w.deployGuacamole()
		if row := w.reaches(id, dictumal.Active, time.Minute); row.ClockSkew != 10*time.Minute {
			w.Errorf("the machine's clock is said to be ahead by %s", row.ClockSkew)
		}
		ahead.Store(int64(-time.Hour))
		w.until(id, 7*time.Minute, "the clock of now", func(row store.Row) bool { return row.ClockSkew == -time.Hour })
	})
}

func TestAGuacamoleMachineThatIsNeverReadySaysWhy(t *testing.T) {
	inGuacamole(t, providertest.Behaviour{}, func(w *world) {
		w.prober.shows = always(machine.Report{SSH: true, VNC: true, Bootstrap: "running"})
		w.prober.log = []byte("12:00:01 Pulling guacamole/guacd\n")
		defer w.run()()
		id := w.deployGuacamole()
		row := w.reaches(id, dictumal.Errored, 21*time.Minute)
		if after := row.ErrorAt.Sub(row.ConfiguringAt); after < 20*time.Minute || after > 20*time.Minute+5*time.Second {
			w.Errorf("given up after %s, want 20 minutes", after)
		}
		w.mentions(id, "20 minutes", "/var/log/dictumal-init.log")
		w.mentions(id, "12:00:01 Pulling guacamole/guacd")
	})
}

func TestTheSecretOfTheStreamEndsWithItsMachine(t *testing.T) {
	inGuacamole(t, providertest.Behaviour{}, func(w *world) {
		defer w.run()()
		id := w.deployGuacamole()
		w.reaches(id, dictumal.Active, time.Minute)
		w.destroy(id)
		if row := w.reaches(id, dictumal.Destroyed, time.Minute); row.StreamSecret != "" {
			w.Error("the secret is still there")
		}
	})
}

func TestAMachineThatDoesNotAnswerIsAskedAgainAtTheNextLook(t *testing.T) {
	inGuacamole(t, providertest.Behaviour{}, func(w *world) {
		there := func(age time.Duration) (machine.Report, error) {
			report, err := w.prober.comesUp(age)
			report.Clocked = true
			return report, err
		}
		w.prober.becomes(there)
		defer w.run()()
		id := w.deployGuacamole()
		w.reaches(id, dictumal.Active, time.Minute)
		time.Sleep(90 * time.Second) // its clock is known
		w.prober.becomes(always(machine.Report{}))
		w.until(id, 7*time.Minute, "a door that is shut", func(row store.Row) bool { return !row.Progress.Checks[dictumal.CheckGuacHTTPS] })
		w.prober.becomes(there)
		w.until(id, 2*time.Minute, "an open door", func(row store.Row) bool { return row.Progress.Checks[dictumal.CheckGuacHTTPS] })
	})
}

func TestAMachineThatNeverOpensHTTPSFillsNoStory(t *testing.T) {
	inGuacamole(t, providertest.Behaviour{}, func(w *world) {
		w.prober.shows = always(machine.Report{SSH: true, VNC: true, GuacHTTP: true, Bootstrap: "done"})
		defer w.run()()
		id := w.deployGuacamole()
		w.reaches(id, dictumal.Errored, 21*time.Minute)
		if told := strings.Count(w.story(id), "Gave the machine a certificate"); told != 1 {
			w.Errorf("the story tells of a certificate %d times, want once", told)
		}
	})
}

func TestAMachineThatCannotBeCertifiedIsShownAsItIs(t *testing.T) {
	inGuacamole(t, providertest.Behaviour{}, func(w *world) {
		defer w.run()()
		id := w.deployGuacamole()
		first := w.reaches(id, dictumal.Active, time.Minute)
		w.prober.asks([]byte("no request"))
		w.prober.becomes(always(machine.Report{}))
		w.provider.Readdress(first.MachineID, "192.0.2.77")
		row := w.until(id, 3*time.Minute, "no open door", func(row store.Row) bool { return !row.Progress.Checks[dictumal.CheckGuacHTTPS] })
		if row.Status != dictumal.Active || row.CertificateNames != first.CertificateNames {
			w.Errorf("%s with a certificate for %s", row.Status, row.CertificateNames)
		}
	})
}

func TestOnlyTheMachineBehindTheGatewayHostMaySpeakForIt(t *testing.T) {
	inGuacamole(t, providertest.Behaviour{}, func(w *world) {
		defer w.run()()
		first, second := w.deployGuacamole(), w.deployGuacamole()
		w.reaches(first, dictumal.Active, time.Minute)
		w.reaches(second, dictumal.Active, time.Minute)
		if err := w.leaf(first).VerifyHostname("stream.example.org"); err != nil {
			w.Error(err)
		}
		if w.leaf(second).VerifyHostname("stream.example.org") == nil {
			w.Error("the second machine could pass itself off as the first one")
		}
		w.destroy(first)
		w.until(second, 3*time.Minute, "the gateway host in the certificate", func(row store.Row) bool {
			return strings.Contains(row.CertificateNames, "stream.example.org")
		})
	})
}

func TestAnActiveMachineWithAnotherHostKeyIsGivenUp(t *testing.T) {
	inGuacamole(t, providertest.Behaviour{}, func(w *world) {
		defer w.run()()
		id := w.deployGuacamole()
		w.reaches(id, dictumal.Active, time.Minute)
		w.prober.becomes(func(time.Duration) (machine.Report, error) { return machine.Report{}, machine.ErrHostKeyChanged })
		row := w.reaches(id, dictumal.Errored, 10*time.Minute)
		if row.Failure.Reason != dictumal.ReasonHostKeyChanged {
			w.Errorf("failure = %+v", row.Failure)
		}
	})
}

// Private

// inGuacamole is inWorld with an authority, and with machines whose HTTPS opens
// once they have a certificate.
func inGuacamole(t *testing.T, behaviour providertest.Behaviour, test func(w *world)) {
	t.Helper()
	inWorld(t, behaviour, func(w *world) {
		key, err := authority.NewKey()
		w.must(err)
		w.options.Authority, err = authority.Load(key, time.Now(), []string{"stream.example.org"})
		w.must(err)
		w.options.GatewayHost = "stream.example.org"
		w.prober.request = request(t)
		w.prober.shows = w.prober.comesUp
		test(w)
	})
}

func (p *prober) comesUp(age time.Duration) (machine.Report, error) {
	report, err := boots(age)
	report.GuacHTTP = age >= bootTime
	report.GuacHTTPS = len(p.certificates) > 0
	report.HTTP80 = report.GuacHTTPS
	return report, err
}

func (w *world) deployGuacamole() string {
	w.Helper()
	return w.deploy(func(row *store.Row) { row.Stream, row.StreamSecret = dictumal.Guacamole, "sealed" })
}

// leaf is the certificate that a deployment's machine has.
func (w *world) leaf(id string) *x509.Certificate {
	w.Helper()
	block, _ := pem.Decode(w.prober.certificate(id))
	leaf, err := x509.ParseCertificate(block.Bytes)
	w.must(err)
	return leaf
}

func request(t *testing.T) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der})
}
