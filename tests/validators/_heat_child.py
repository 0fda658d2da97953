"""Judge Heat templates with heat-engine's own code; run by Debian's Python, never imported.

Reads orders {"path": TEMPLATE} from standard input, one JSON line each, and answers {"reason": TEXT or null}.

Done as the engine does it for `stack create`: parse, load all resource types, validate sections,
functions, references and attributes, then every property with its value, then templates inside groups.
What only a running cloud knows (does this image exist? is Cinder there?) is answered with yes.
"""

import json
import logging
import os
import sys
import warnings

# What a person would type for a parameter that has no default.
SAMPLES = {"number": 1, "boolean": True, "json": {}, "comma_delimited_list": []}


def engine():
    """Load heat-engine without a configuration file, a message bus or a database."""
    from heat.common import config, messaging  # noqa: F401  (config registers the options)
    from heat.engine import constraints, resource, resources
    from oslo_config import cfg

    cfg.CONF([], project="heat", default_config_files=[])
    messaging.setup("fake://", optional=True)
    resources.initialise()
    resource.Resource.is_service_available = classmethod(lambda cls, context: (True, None))
    # Constraints that ask a server inherit this method; local ones (net_cidr, cron, ...) have their own.
    constraints.BaseCustomConstraint.validate = lambda self, value, context, template=None: True


def validate(context, tmpl, depth=0):
    """Validate `tmpl` and the templates that its groups carry."""
    from heat.engine import stack
    from heat.engine.resources import stack_resource

    judged = stack.Stack(context, "judged", tmpl, strict_validate=False)
    judged.validate(validate_res_tmpl_only=True)
    for res in judged.resources.values():
        res.properties.validate(with_value=True)
        if isinstance(res, stack_resource.StackResource) and depth < 3:
            validate(context, res.child_template(), depth + 1)


def reason(path):
    """Return why heat refuses the file, None if it accepts it."""
    from heat.common import context, template_format
    from heat.engine import environment, template

    request = context.RequestContext(username="judge", project_id="judge", is_admin=False, roles=[])
    folder = os.path.dirname(os.path.abspath(path))
    try:
        with open(path, encoding="utf-8") as file:
            parsed = template_format.parse(file.read())
        # The client sends the files of a get_file along; here these are the neighbours in the folder.
        files = {}
        for name in os.listdir(folder):
            with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
                files[name] = file.read()
        tmpl = template.Template(parsed, files=files)
        tmpl.env = environment.Environment(
            {
                name: SAMPLES.get(str(schema.get("type", "")).lower(), "sample")
                for name, schema in (parsed.get("parameters") or {}).items()
                if isinstance(schema, dict) and "default" not in schema
            }
        )
        validate(request, tmpl)
    except Exception as error:  # every refusal of heat is an exception of its own class
        return f"{type(error).__name__}: {error}".strip()
    return None


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    import eventlet

    eventlet.monkey_patch()
    logging.disable(logging.CRITICAL)
    engine()
    for order in sys.stdin:
        print(json.dumps({"reason": reason(json.loads(order)["path"])}), flush=True)
