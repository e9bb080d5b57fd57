// Package image makes the machine images for Incus out of the distribution's own
// packages: one with the whole desktop in it, and a plain one such as a cloud
// offers, on which the bootstrap has everything to do.
package image

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/dictumal/dictumal/internal/incus"
)

// The aliases under which the images are found.
const (
	DesktopAlias     = "dictumal-desktop"
	PlainAlias       = "dictumal-plain"
	PlainUbuntuAlias = "dictumal-plain-ubuntu"
)

// Options says where an image goes.
type Options struct {
	Client   *incus.Client
	Alias    string    // as above where empty
	CacheDir string    // keeps packages and finished images; /var/cache/dictumal where empty
	Log      io.Writer // progress for people; may be nil
	Force    bool      // build again what is there already
}

// Build makes the desktop image. It does nothing where the image is there and was
// made from the same packages and files.
func Build(ctx context.Context, options Options) error {
	return newBuilder(options, desktop()).run(ctx)
}

// BuildPlain makes an image with cloud-init and sshd and nothing else.
func BuildPlain(ctx context.Context, options Options) error {
	return newBuilder(options, plain()).run(ctx)
}

// BuildPlainUbuntu makes the same of Ubuntu, which is what droplets run.
func BuildPlainUbuntu(ctx context.Context, options Options) error {
	return newBuilder(options, plainUbuntu()).run(ctx)
}

// Private

// builder makes one image, once.
type builder struct {
	options Options
	recipe  recipe
	digest  string
}

func newBuilder(options Options, recipe recipe) *builder {
	if options.Alias == "" {
		options.Alias = recipe.alias
	}
	if options.CacheDir == "" {
		options.CacheDir = "/var/cache/dictumal"
	}
	if options.Log == nil {
		options.Log = io.Discard
	}
	return &builder{options: options, recipe: recipe, digest: recipe.digest()}
}

func (b *builder) run(ctx context.Context) error {
	done, err := b.done(ctx)
	if err != nil || done {
		return err
	}
	if err := b.check(); err != nil {
		return err
	}
	unlock, err := b.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	// Whoever held the lock may have made this very image.
	if done, err := b.done(ctx); err != nil || done {
		return err
	}
	if b.options.Force || !b.cached() {
		if err := b.bake(ctx); err != nil {
			return err
		}
	}
	return b.publish(ctx)
}

func (b *builder) done(ctx context.Context) (bool, error) {
	present, err := b.present(ctx)
	if err != nil || !present || b.options.Force {
		return false, err
	}
	b.say("The image %s is there already.", b.options.Alias)
	return true, nil
}

func (b *builder) say(format string, values ...any) {
	_, _ = fmt.Fprintf(b.options.Log, format+"\n", values...)
}

// folder is where the finished image lies on disk.
func (b *builder) folder() string {
	return filepath.Join(b.options.CacheDir, b.recipe.alias+"-"+b.digest)
}

func (b *builder) cached() bool {
	_, err := os.Stat(filepath.Join(b.folder(), metadataName))
	return err == nil // written last
}

const (
	metadataName = "metadata.tar"
	rootName     = "root.squashfs"
	digestKey    = "dictumal.recipe" // property of the image
)
