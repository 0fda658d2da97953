"""EC2 requests (OPERATION.ec2.json): judged by botocore 1.44 against Amazon's EC2 service model.

Eucalyptus answers to the EC2 API, so a request that Amazon's own client library refuses never reaches
it. The file holds the parameters, as `aws ec2 OPERATION --cli-input-json` reads them; its name starts
with the operation (`run-instances-web.ec2.json`). botocore checks names, types, required parameters and
ranges; whether a given Eucalyptus serves the operation, only that cloud can say. Source: botocore.
"""

import json
from functools import cache
from pathlib import Path

from tests.validators import Problem, ToolMissing
from tests.validators._json import once


def check_ec2(path: Path) -> list[Problem]:
    """Return what botocore objects to in the request in `path` ([] = accepted)."""
    try:
        from botocore import xform_name
        from botocore.validate import ParamValidator
    except ImportError:
        raise ToolMissing("botocore: pip install via make setup-test") from None
    model = ec2()
    stem = path.name.split(".")[0]
    verbs = {xform_name(name, "-"): name for name in model.operation_names}
    verb = max((v for v in verbs if f"{stem}-".startswith(f"{v}-")), key=len, default=None)
    if verb is None:
        return [Problem(1, f"{stem}: the file's name starts with no operation of EC2 (run-instances, ...)")]
    try:
        parameters = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=once)
    except ValueError as error:
        return [Problem(getattr(error, "lineno", 1), str(error))]
    if not isinstance(parameters, dict):
        return [Problem(1, "the request is not a JSON object")]
    shape = model.operation_model(verbs[verb]).input_shape
    report = ParamValidator().validate(parameters, shape)
    return [Problem(None, line) for line in report.generate_report().splitlines() if line]


@cache
def ec2():
    """Amazon's description of EC2, as botocore ships it."""
    from botocore.loaders import Loader
    from botocore.model import ServiceModel

    return ServiceModel(Loader().load_service_model("ec2", "service-2"), "ec2")


FORMATS = {".ec2.json": check_ec2}
