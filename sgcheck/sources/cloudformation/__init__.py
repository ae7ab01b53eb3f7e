"""CloudFormation templates, and the folders that the AWS CDK writes (`cdk.out`).

Each resource is translated into the record that AWS would answer with once it exists, so that nothing behind this
package knows of CloudFormation: `text` and `document` read a template, `functions` works out its values, a module for
each family of resources translates, and `translate` hands the records to whoever reads files. What a value will be that
nothing here tells stays open.
"""
