//! More tags than a resource may have.

use meshwright_model::Path;
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "too-many-tags",
    severity: Severity::Error,
    summary: "a resource has more than 50 tags",
    why: "the API refuses it with TooManyTagsException or BadRequestException",
    source: "App Mesh API reference, TagList has at most 50 items",
    bad: BAD,
    cure: &[(", {Key: t51, Value: x}", "")],
    check,
};

const MOST: usize = 50;

fn check(facts: &Facts<'_>, report: &mut Report) {
    for resource in facts.resources().filter(|resource| resource.tags.len() > MOST) {
        let message = format!("{} tags, more than {MOST}", resource.tags.len());
        let path = Path::of(&["tags"]).index(MOST);
        report.add(resource, path, message).help("CloudFormation adds the tags of the stack to these");
    }
}

const BAD: &str = "\
Resources:
  Mesh:
    Type: AWS::AppMesh::Mesh
    Properties:
      MeshName: shop
      Tags: [
        {Key: t01, Value: x}, {Key: t02, Value: x}, {Key: t03, Value: x}, {Key: t04, Value: x}, {Key: t05, Value: x},
        {Key: t06, Value: x}, {Key: t07, Value: x}, {Key: t08, Value: x}, {Key: t09, Value: x}, {Key: t10, Value: x},
        {Key: t11, Value: x}, {Key: t12, Value: x}, {Key: t13, Value: x}, {Key: t14, Value: x}, {Key: t15, Value: x},
        {Key: t16, Value: x}, {Key: t17, Value: x}, {Key: t18, Value: x}, {Key: t19, Value: x}, {Key: t20, Value: x},
        {Key: t21, Value: x}, {Key: t22, Value: x}, {Key: t23, Value: x}, {Key: t24, Value: x}, {Key: t25, Value: x},
        {Key: t26, Value: x}, {Key: t27, Value: x}, {Key: t28, Value: x}, {Key: t29, Value: x}, {Key: t30, Value: x},
        {Key: t31, Value: x}, {Key: t32, Value: x}, {Key: t33, Value: x}, {Key: t34, Value: x}, {Key: t35, Value: x},
        {Key: t36, Value: x}, {Key: t37, Value: x}, {Key: t38, Value: x}, {Key: t39, Value: x}, {Key: t40, Value: x},
        {Key: t41, Value: x}, {Key: t42, Value: x}, {Key: t43, Value: x}, {Key: t44, Value: x}, {Key: t45, Value: x},
        {Key: t46, Value: x}, {Key: t47, Value: x}, {Key: t48, Value: x}, {Key: t49, Value: x}, {Key: t50, Value: x}, {Key: t51, Value: x}]
";
