package web

import (
	"maps"
	"slices"

	"github.com/dictumal/dictumal"
)

// cloudScenes are what a provider that charges, and refuses, and the guacamole
// stream add to the pages of instances and to the deploy form.
func cloudScenes() []scene {
	active := droplet(12, "Welcome", dictumal.Active, dictumal.StageActive)
	scenes := []scene{
		list("cloud", cloud(), listing{}),
		withoutGateway("cloud-no-gateway", cloud()),
		single("cloud-active", active, bootText(300)),
		single("cloud-active-vnc-silent", silent(active), bootText(300)),
		single("cloud-rate-limited", rateLimited(), ""),
		single("cloud-token-revoked", revoked(), bootText(40)),
		single("cloud-timeout", timedOut(), bootText(300)),
		{name: "cloud-destroy", page: "destroy", view: DestroyPage{Frame: frame("instances", "Destroy", ""), Card: newCard(active, surroundings())}},
		deployScene("cloud-deploy", wish{}),
		deployScene("cloud-deploy-all-sizes", wish{AllSizes: true}),
		deployScene("cloud-deploy-native", wish{Stream: dictumal.Native, Size: "s-1vcpu-1gb"}),
		deployScene("cloud-deploy-elsewhere", wish{Region: "atl1", Size: "s-2vcpu-4gb-intel"}),
	}
	failures := refusals()
	for _, name := range slices.Sorted(maps.Keys(failures)) {
		made := single("cloud-error-"+name, failures[name], "")
		made.twin = name != "scope"
		scenes = append(scenes, made)
	}
	for _, stage := range dictumal.Stages(dictumal.Guacamole) {
		status := dictumal.Configuring
		if stage == dictumal.ProvisioningDroplet || stage == dictumal.WaitingForIP {
			status = dictumal.Provisioning
		}
		if stage != dictumal.StageActive {
			made := single("cloud-"+string(stage), droplet(1, "Review bench", status, stage), bootText(stage.Percent()/12-3))
			made.twin = stage != dictumal.ConfiguringHTTPS
			scenes = append(scenes, made)
		}
	}
	return scenes
}

func withoutGateway(name string, all []dictumal.Deployment) scene {
	look := surroundings()
	look.GatewayHost = ""
	page := newInstancesPage(frame("instances", "Instances", "instances.js"), pick(all, listing{}), listing{}, look, tails(all))
	return scene{name: name, page: "instances", view: page, twin: true}
}

// silent is active although its VNC socket does not answer.
func silent(d dictumal.Deployment) dictumal.Deployment {
	d.Progress.Checks[dictumal.CheckVNC5901] = false
	return d
}

func deployScene(name string, want wish) scene {
	return scene{name: name, page: "deploy", view: DeployPage{
		Frame: frame("constitutions", "Deploy", "deploy.js"), ID: review(2).ID, Title: "Review bench",
		Form: newDeployForm(review(2), offering(true), want),
	}}
}
